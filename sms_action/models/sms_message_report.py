"""Reports about messages whose answer has not come yet."""

from odoo import api, fields, models

from ..core.delivery import State
from ..core.receipts import id_forms

#: Days after which a report is about nobody's message.
_KEPT_DAYS = 3
_VACUUM_LIMIT = 10_000


class SmsMessageReport(models.Model):
    _name = "sms.message.report"
    _description = "SMS Report That Waits for Its Message"
    _rec_name = "provider_id"
    _order = "id"
    _log_access = False

    gateway_id = fields.Many2one("sms.gateway", required=True, ondelete="cascade")
    provider_id = fields.Char(required=True)
    form = fields.Char(required=True, help="A spelling under which the part may be stored.")
    state = fields.Char(required=True)
    code = fields.Char()
    reported_at = fields.Datetime(required=True, index=True)

    _once_idx = models.UniqueIndex("(form, gateway_id, provider_id, state)")

    @api.model
    def _park(self, reports):
        """Keep reports; the same one again changes nothing.

        :param reports: list of ``(gateway id, gateway's id of the part, State, code, when)``
        """
        loose = self.env["sms.gateway"]._loose_ids(one[0] for one in reports)
        rows = [
            (gateway_id, provider_id, form, state.value, code or None, when)
            for gateway_id, provider_id, state, code, when in reports
            for form in id_forms(provider_id, loose[gateway_id])
        ]
        if rows:
            self.env.cr.execute_values(
                "INSERT INTO sms_message_report (gateway_id, provider_id, form, state, code, "
                "reported_at) VALUES %s ON CONFLICT DO NOTHING",
                rows,
                page_size=len(rows),
            )

    @api.model
    def _take(self, gateway_id, provider_ids):
        """Return ``{gateway's id of the part: [(State, code)]}`` and forget the reports."""
        self.env.cr.execute(
            """
            DELETE FROM sms_message_report r
             USING (SELECT DISTINCT provider_id, form FROM sms_message_report
                     WHERE gateway_id = %(gateway)s AND form = ANY(%(ids)s)) found
             WHERE r.gateway_id = %(gateway)s AND r.provider_id = found.provider_id
            RETURNING found.form, r.state, r.code
            """,
            {"gateway": gateway_id, "ids": [one for one in provider_ids if one]},
        )
        found = {}
        for form, state, code in self.env.cr.fetchall():
            found.setdefault(form, []).append((State(state), code))
        return found

    @api.model
    def _resolve(self):
        """Apply reports that were parked at the very moment their part was stored."""
        self.env.cr.execute(
            # Only what has its part by now: accounts that other systems share get reports about
            # messages that are never ours, any number of them.
            "SELECT DISTINCT gateway_id, provider_id, state, code, reported_at "
            "FROM sms_message_report r WHERE EXISTS (SELECT FROM sms_message_part p "
            "WHERE p.provider_id = r.form AND p.gateway_id = r.gateway_id) "
            "ORDER BY reported_at LIMIT %s",
            [_VACUUM_LIMIT],
        )
        waiting = [
            (gateway_id, provider_id, State(state), code or "", when)
            for gateway_id, provider_id, state, code, when in self.env.cr.fetchall()
        ]
        if not waiting:
            return
        unknown = self.env["sms.message"]._apply_to_parts(waiting)
        left = {(one.gateway_id, one.provider_id) for one in unknown}
        done = [one for one in waiting if one[:2] not in left]
        if done:
            self.env.cr.execute_values(
                "DELETE FROM sms_message_report r USING (VALUES %s) d (gateway_id, provider_id) "
                "WHERE r.gateway_id = d.gateway_id AND r.provider_id = d.provider_id",
                [one[:2] for one in done],
                page_size=len(done),
            )

    @api.autovacuum
    def _gc_reports(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=_KEPT_DAYS)
        found = self.sudo().search([("reported_at", "<", limit)], limit=_VACUUM_LIMIT)
        found.unlink()
        return len(found), len(found) == _VACUUM_LIMIT
