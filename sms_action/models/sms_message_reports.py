"""Delivery reports: which message they are about, and what that means."""

from typing import NamedTuple

from odoo import api, fields, models

from ..core.delivery import State, advance, of_message
from ..core.receipts import id_forms
from .sms_api import failure_text, result_of


class PartReport(NamedTuple):
    """What a gateway reports."""

    gateway_id: int
    provider_id: str
    """The gateway's id of the part; may be empty where there is a reference."""
    state: State
    code: str
    when: object
    reference: str = ""
    """Our own reference of the message, proven to come from the gateway."""


class SmsMessage(models.Model):
    _inherit = "sms.message"

    @api.model
    def _apply_reports(self, reports):
        """Note delivery reports, with a number of statements that does not depend on theirs.

        States only move forward, so duplicates, late and out-of-order reports change nothing. What
        belongs to no part yet is kept: it may have overtaken the gateway's answer.

        :param reports: list of ``(gateway, gateway's id, State, code, when)``, with our own
            reference as a sixth element where the report has one; the gateway as record or id
        """
        read = [PartReport(getattr(one[0], "id", one[0]), *one[1:]) for one in reports]
        unknown = self._apply_to_parts(read)
        parked = [one[:5] for one in unknown if one.provider_id]
        if parked:
            self.env["sms.message.report"]._park(parked)
            # The part may be stored at this very moment, unseen: the queue looks once more.
            soon = fields.Datetime.add(fields.Datetime.now(), minutes=1)
            self.env["sms.sms"]._wake_queue(soon)

    @api.model
    def _apply_to_parts(self, reports):
        """Note reports about what is known; returns the others."""
        reports = [PartReport(*one) for one in reports]
        loose = self.env["sms.gateway"]._loose_ids(one.gateway_id for one in reports)
        by_id = self._parts_by_provider_id(reports, loose)
        by_reference = self._messages_by_reference(reports)
        places = [self._place(one, by_id, by_reference, loose[one.gateway_id]) for one in reports]
        ids = {message_id for message_id, _part in places if message_id}
        if not ids:
            return reports
        lives = {id_: life for id_, life in self._lives_of("id", ids, lock=True).values()}
        states, parts = self._parts_of(ids)
        changed_parts, touched, unknown = {}, {}, []
        for report, (message_id, part_id) in zip(reports, places, strict=True):
            own = [part_id] if part_id else parts.get(message_id, [])
            # A reference alone does not say which part is meant.
            if not message_id or len(own) > 1:
                unknown.append(report)
                continue
            for id_ in own:
                reached = advance(states[id_], report.state)
                if reached is not states[id_]:
                    states[id_] = reached
                    changed_parts[id_] = (reached, report.code, report.when)
            if not own:
                # The answer has not come, or never will.
                lives[message_id] = lives[message_id].report(
                    report.state, report.code, fields.Datetime.now()
                )
            touched[message_id] = report.code
        self._write_parts(changed_parts)
        reached = {
            id_: of_message([states[part] for part in parts[id_]])
            for id_ in touched
            if parts.get(id_)
        }
        self._advance(lives, reached, touched)
        return unknown

    def _place(self, report, by_id, by_reference, base):
        """Return ``(message id, part id)`` of a report; part id None: by its reference only."""
        for form in id_forms(report.provider_id, base) if report.provider_id else ():
            if found := by_id.get((report.gateway_id, form)):
                return found
        return by_reference.get((report.gateway_id, report.reference), 0), None

    def _parts_by_provider_id(self, reports, loose):
        pairs = {
            (one.gateway_id, form)
            for one in reports
            if one.provider_id
            for form in id_forms(one.provider_id, loose[one.gateway_id])
        }
        if not pairs:
            return {}
        found = self.env.cr.execute_values(
            "SELECT p.gateway_id, p.provider_id, p.message_id, p.id FROM sms_message_part p "
            "JOIN (VALUES %s) r (gateway_id, provider_id) ON p.gateway_id = r.gateway_id "
            "AND p.provider_id = r.provider_id ORDER BY p.id",
            list(pairs),
            page_size=len(pairs),
            fetch=True,
        )
        # Gateways begin their numbers anew: the last one is meant.
        return {(gateway, name): (message, part) for gateway, name, message, part in found}

    def _messages_by_reference(self, reports):
        references = {one.reference for one in reports if one.reference}
        if not references:
            return {}
        self.env.cr.execute(
            "SELECT gateway_id, uuid, id FROM sms_message WHERE uuid = ANY(%s)",
            [list(references)],
        )
        return {(gateway, uuid): id_ for gateway, uuid, id_ in self.env.cr.fetchall()}

    def _parts_of(self, ids):
        """Return ``({part id: State}, {message id: ids of its parts})``.

        The parts of a message that was sent again are those of the last time.
        """
        self.env.cr.execute(
            "SELECT p.id, p.state, p.message_id, p.accepted_at >= m.queued_at "
            "FROM sms_message_part p JOIN sms_message m ON m.id = p.message_id "
            "WHERE p.message_id = ANY(%s) ORDER BY p.sequence, p.id",
            [list(ids)],
        )
        states, parts = {}, {}
        for id_, state, message_id, is_current in self.env.cr.fetchall():
            states[id_] = State(state)
            if is_current:
                parts.setdefault(message_id, []).append(id_)
        return states, parts

    def _write_parts(self, changed):
        if not changed:
            return
        self.env.cr.execute_values(
            "UPDATE sms_message_part p SET state = new.state, code = new.code, "
            "reported_at = new.at::timestamp FROM (VALUES %s) new (id, state, code, at) "
            "WHERE p.id = new.id",
            [
                (id_, state.value, code or None, when)
                for id_, (state, code, when) in changed.items()
            ],
            template="(%s, %s, %s::varchar, %s)",
            page_size=len(changed),
        )
        self.env["sms.message.part"].browse(changed).invalidate_recordset()

    def _advance(self, lives, reached, touched):
        """Note what the parts make of their messages, and tell whoever waits for it."""
        before = self._lives_of("id", touched)
        now = fields.Datetime.now()
        changed = {}
        for id_, code in touched.items():
            life = lives[id_]
            # Of a message that was taken in part, the other parts never come.
            if id_ in reached and life.reason != "partly":
                life = life.report(reached[id_], code, now)
            if life.state is not before[id_][1].state:
                changed[id_] = life
        self._write_lives(list(changed.items()))
        self._settled([id_ for id_, life in changed.items() if life.settled_at])
        self._tell_changes(changed)

    @api.model
    def _tell_changes(self, lives):
        """Tell Odoo's own fields what became of messages: once for each kind of outcome.

        Only what moved forward comes here, so that a late report undoes nothing there either.

        :param lives: ``{id: Life}``
        """
        groups = {}
        uuids = {one.id: one.uuid for one in self.browse(lives)}
        for id_, life in lives.items():
            key = (result_of(life), failure_text(self.env, life))
            groups.setdefault(key, []).append(uuids[id_])
        # Notifications and the queue belong to others; what is told is for all of them.
        queue, trackers = self.env["sms.sms"].sudo(), self.env["sms.tracker"].sudo()
        # A courier may have told its own outcome since. Whoever comes second begins again, which
        # is no error to be logged.
        self.env.cr.execute(
            "SELECT FROM sms_sms WHERE uuid = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(uuids.values())],
            log_exceptions=False,
        )
        for (result, text), found in groups.items():
            tracked = trackers.search([("sms_uuid", "in", found)])
            records = queue.search([("uuid", "in", found)])
            if state := queue.IAP_TO_SMS_STATE_SUCCESS.get(result):
                tracked._action_update_from_sms_state(state)
                records.write({"state": state, "failure_type": False, "to_delete": True})
            else:
                tracked.with_context(
                    sms_known_failure_reason=text
                )._action_update_from_provider_error(result)
                records.write({"state": "error", "failure_type": "unknown"})
