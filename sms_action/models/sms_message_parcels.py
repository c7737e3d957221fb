"""From Odoo's queue to messages."""

from odoo import api, fields, models

from ..core.life import Life
from .sms_message_rows import Parcel


class SmsMessage(models.Model):
    _inherit = "sms.message"

    @api.model
    def _parcels_of(self, records):
        """Return a parcel for each ``sms.sms``; messages that have no row get one."""
        runs = self._runs_of(records)
        wanted = []
        for sms in records:
            document = sms.mail_message_id if sms.mail_message_id.model else sms
            fixed = {
                "uuid": sms.uuid,
                "number": sms.number,
                "text": sms.body,
                "company_id": sms._get_sms_company()[:1].id,
                "partner_id": sms.partner_id.id,
                "res_model": document.model if document != sms else sms.res_model,
                "res_id": document.res_id,
                "run_id": runs.get(sms.id),
                "sms_id": sms.id,
                "is_echo": sms.is_echo,
                # To the second, as every other time of a message.
                "queued_at": sms.create_date and sms.create_date.replace(microsecond=0),
            }
            wanted.append((fixed, sms.gateway_id.id))
        return self._parcels(wanted)

    @api.model
    def _parcels(self, wanted):
        """Return parcels, inserting rows for uuids that have none.

        :param wanted: list of ``({column: value}, id of the gateway that is named)``
        """
        known = self._lives_of("uuid", [fixed["uuid"] for fixed, _preferred in wanted])
        now = fields.Datetime.now()
        new = [
            (fixed, Life(fixed.get("queued_at") or now))
            for fixed, _preferred in wanted
            if fixed["uuid"] not in known
        ]
        ids = self._insert_messages(new)
        for id_, (fixed, life) in zip(ids, new, strict=True):
            known[fixed["uuid"]] = (id_, life)
        return [
            Parcel(
                id=known[fixed["uuid"]][0],
                uuid=fixed["uuid"],
                number=fixed["number"] or "",
                text=fixed["text"] or "",
                life=known[fixed["uuid"]][1],
                sms_id=fixed["sms_id"] or 0,
                company_id=fixed["company_id"] or 0,
                preferred_id=preferred or 0,
            )
            for fixed, preferred in wanted
        ]

    @api.model
    def _runs_of(self, records):
        """Return ``{sms id: run id}`` for those that a run of an action has written."""
        dates = [sms.create_date for sms in records if sms.create_date]
        if not dates:
            return {}
        # A run is written in the transaction that wrote the SMS, so its time bounds the search.
        self.env.cr.execute(
            """
            SELECT (pair ->> 1)::int4, max(s.run_id)
              FROM server_action_run r
              JOIN server_action_step s ON s.run_id = r.id
             CROSS JOIN jsonb_array_elements(s.created) pair
             WHERE r.started BETWEEN %s AND %s
               AND pair ->> 0 = 'sms.sms' AND (pair ->> 1)::int4 = ANY(%s)
             GROUP BY 1
            """,
            [
                fields.Datetime.subtract(min(dates), minutes=1),
                fields.Datetime.add(max(dates), hours=1),
                records.ids,
            ],
        )
        return dict(self.env.cr.fetchall())
