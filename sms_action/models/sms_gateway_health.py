"""How the gateways are: working, resting after trouble, down."""

from dataclasses import asdict, replace

from odoo import api, fields, models

from odoo.addons.server_action_engine.core import health as condition
from odoo.addons.server_action_engine.core.health import Health

from ..core.outcome import Fate
from ..core.reasons import OF_THE_GATEWAY, REASONS, THROTTLED, advice, known

#: Seconds a gateway rests that refuses for being asked too fast and does not say for how long.
_THROTTLED_SECONDS = 60
#: Seconds after which a success is worth a note.
_NOTED_SECONDS = 60


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    state = fields.Selection(
        [
            (condition.WORKING, "Working"),
            (condition.RESTING, "Resting"),
            (condition.DOWN, "Down"),
        ],
        string="Condition",
        compute="_compute_state",
        help="After trouble a gateway rests, longer each time, and then a message finds out. "
        "Messages wait meanwhile or leave by another gateway, and nothing is counted against "
        "them.",
    )
    failures = fields.Integer(
        string="Failures in a Row",
        readonly=True,
        copy=False,
        aggregator=None,
        help="0 while it works.",
    )
    failing_since = fields.Datetime(string="Down Since", readonly=True, copy=False)
    resting_until = fields.Datetime(string="Next Attempt", readonly=True, copy=False)
    reason = fields.Selection(
        [(key, one.words) for key, one in REASONS.items()],
        string="Last Error",
        readonly=True,
        copy=False,
    )
    advice = fields.Char(string="What to Do", compute="_compute_state")
    detail = fields.Char(
        string="Gateway Reply",
        readonly=True,
        copy=False,
        help="What the gateway or the network said.",
    )
    alarm = fields.Boolean(
        string="Needs a Person", readonly=True, copy=False, help="It will not mend by itself."
    )
    worked_at = fields.Datetime(
        string="Last Success",
        readonly=True,
        copy=False,
        help="When the gateway last answered about a message.",
    )
    message_count = fields.Integer(string="SMS", compute="_compute_message_count")

    @api.depends("failures", "alarm", "resting_until", "reason")
    def _compute_state(self):
        now = fields.Datetime.now()
        for gateway in self:
            gateway.state = gateway._health().state(now)
            text = advice(gateway.reason) if gateway.reason else ""
            gateway.advice = self.env._(text) if text else False

    def _health(self):
        return Health(
            self.failures,
            self.failing_since or None,
            self.resting_until or None,
            self.reason or "",
            self.detail or "",
            self.alarm,
        )

    def _may_try(self):
        """Tell whether the gateway does not rest."""
        return self._health().may_try(fields.Datetime.now())

    def _note_trouble(self, outcome, random):
        """Have the gateway rest.

        :param outcome: what became of a message because of the gateway
        :param random: a number in [0, 1)
        """
        now = fields.Datetime.now()
        health = self._health()
        if outcome.reason == THROTTLED:
            # It works, and wants to be asked less.
            seconds = outcome.retry_after or _THROTTLED_SECONDS
            until = fields.Datetime.add(now, seconds=int(seconds) + 1)
            health = replace(health, resting_until=until, reason=THROTTLED, detail=outcome.message)
        else:
            of_gateway = outcome.fate is Fate.GATEWAY
            health = health.after_failure(
                now,
                random,
                # Refused inside an answer that seems well: which message it was does not matter.
                "account" if of_gateway and outcome.reason == "refused" else known(outcome.reason),
                outcome.message,
                of_gateway,
                outcome.retry_after,
            )
        # Whoever sends, what is known of a gateway decides for everybody's messages.
        self.sudo().write(asdict(health))

    def _note_success(self):
        """Note that the gateway answered about a message."""
        now = fields.Datetime.now()
        limit = fields.Datetime.subtract(now, seconds=_NOTED_SECONDS)
        troubled = self.failures or self.resting_until or self.reason
        if not troubled and self.worked_at and self.worked_at >= limit:
            return
        self.env.cr.execute(
            # Whoever holds it is noting the same.
            "SELECT id FROM sms_gateway WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED",
            [self.id],
            log_exceptions=False,
        )
        if self.env.cr.fetchone():
            self.sudo().write({**asdict(Health()), "worked_at": now})

    def _compute_message_count(self):
        counts = dict(
            self.env["sms.message"]._read_group(
                [("gateway_id", "in", self.ids)], ["gateway_id"], ["__count"]
            )
        )
        for gateway in self:
            gateway.message_count = counts.get(gateway, 0)

    def action_open_messages(self):
        """Open the messages the gateway has got."""
        return self.env["sms.message"]._window_action(
            [("gateway_id", "in", self.ids)],
            self.env._("SMS by %(gateway)s", gateway=", ".join(self.mapped("name"))),
        )

    def action_try_again(self):
        """End the rest and have the waiting messages sent now."""
        self.check_access("write")
        # The failures stay: if it is still down, it rests as long as before.
        self.write({"resting_until": False})
        messages = self.env["sms.message"].sudo()
        # Any of those that wait for a gateway may be for this one; the others wait on.
        messages.search(
            [("state", "=", "queued"), ("reason", "in", sorted(OF_THE_GATEWAY))]
        )._set_due_now()
        self.env["sms.sms"]._wake_queue()
        return True
