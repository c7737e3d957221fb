"""How the accounts are: working, resting after trouble, down."""

import time
from dataclasses import asdict, replace

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.server_action_engine.core import health as condition
from odoo.addons.server_action_engine.core.health import Health

from ..core.delivery import WAITING
from ..core.reasons import REASONS, advice
from ..core.schedule import RetrySchedule

_FIELDS = ("failures", "failing_since", "resting_until", "reason", "detail", "alarm")


class SmtpAccount(models.Model):
    _name = "smtp.account"
    _description = "Condition of an E-mail Account"
    _order = "failures desc, name"
    _log_access = False

    name = fields.Char(readonly=True)
    mail_server_id = fields.Many2one(
        "ir.mail_server",
        string="Outgoing Mail Server",
        readonly=True,
        ondelete="cascade",
        help="Empty for the account of the command line or of the configuration file.",
    )
    state = fields.Selection(
        [
            (condition.WORKING, "Working"),
            (condition.RESTING, "Resting"),
            (condition.DOWN, "Down"),
        ],
        compute="_compute_state",
        search="_search_state",
        help="After trouble an account rests, longer each time, and then one e-mail finds out. "
        "E-mails wait meanwhile, and nothing is counted against them.",
    )
    failures = fields.Integer(
        string="Failures in a Row", readonly=True, aggregator=None, help="0 while it works."
    )
    failing_since = fields.Datetime(string="Down Since", readonly=True)
    resting_until = fields.Datetime(string="Next Attempt", readonly=True)
    reason = fields.Selection(
        [(key, one.words) for key, one in REASONS.items()], string="Last Error", readonly=True
    )
    advice = fields.Char(string="What to Do", compute="_compute_state")
    detail = fields.Char(
        string="Server Reply", readonly=True, help="What the server or the network said."
    )
    alarm = fields.Boolean(
        string="Needs a Person", readonly=True, help="It will not mend by itself."
    )
    worked_at = fields.Datetime(
        string="Last Success", readonly=True, help="When a server last answered about an e-mail."
    )
    buckets = fields.Json(readonly=True)
    waiting_count = fields.Integer(string="E-mails Waiting", compute="_compute_waiting_count")

    _one_per_server = models.UniqueIndex("((COALESCE(mail_server_id, 0)))")

    @api.depends("failures", "alarm", "resting_until", "reason")
    def _compute_state(self):
        now = fields.Datetime.now()
        for account in self:
            account.state = account._health().state(now)
            words = advice(account.reason) if account.reason else ""
            account.advice = self.env._(words) if words else False

    def _search_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        found = self.search([], limit=1000).filtered(lambda one: one.state in value)
        return [("id", operator, found.ids)]

    def _compute_waiting_count(self):
        # Whoever looks after accounts need not read e-mails to count them.
        mails = self.env["mail.mail"].sudo()
        for account in self:
            account.waiting_count = mails.search_count(account._waiting_domain())

    def _waiting_domain(self):
        """Return the e-mails known to wait for the account; one that never tried knows none."""
        server = self.mail_server_id.id
        tried = [("mail_server_id", "=", server), ("state", "in", list(WAITING))]
        waiting = Domain("delivery_ids", "any", tried)
        if server:
            waiting |= Domain("mail_server_id", "=", server)
        if self.resting_until:
            # Put off before anybody was noted for them: until the end of this account's rest.
            put_off = [("mail_server_id", "=", False), ("delivery_due_at", "=", self.resting_until)]
            waiting |= Domain(put_off)
        return Domain("state", "=", "outgoing") & waiting

    def _health(self):
        return Health(
            self.failures,
            self.failing_since or None,
            self.resting_until or None,
            self.reason or "",
            self.detail or "",
            self.alarm,
        )

    # -- actions ------------------------------------------------------------------------------

    def action_open_waiting(self):
        """Open the e-mails that wait for the account."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting for %(account)s", account=self.name),
            "res_model": "mail.mail",
            "view_mode": "list,form",
            "domain": list(self._waiting_domain()),
        }

    def action_open_deliveries(self):
        """Open what became of the account's e-mails."""
        self.ensure_one()
        return self.env["mail.mail.delivery"]._window_action(
            [("mail_server_id", "=", self.mail_server_id.id)],
            self.env._("E-mails of %(account)s", account=self.name),
        )

    def action_open_server(self):
        """Open the account itself, to change it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ir.mail_server",
            "res_id": self.mail_server_id.id,
            "views": [(False, "form")],
        }

    def action_try_again(self):
        """End the rest and have the waiting e-mails sent now."""
        self.check_access("write")
        for account in self.sudo():
            account._end_rest_of_deliveries()
            # The failures stay: if it is still down, it rests as long as before.
            account.resting_until = False
            mails = self.env["mail.mail"].sudo()
            mails.search([("state", "=", "outgoing"), ("delivery_due_at", "!=", False)]).filtered(
                lambda mail, account=account: account._may_carry(mail)
            ).write({"delivery_due_at": False})
        self.env["mail.mail"]._wake_queue()
        return True

    def _end_rest_of_deliveries(self):
        """Make due what waits for the account, not what a server asked to try later."""
        waiting = self.env["mail.mail.delivery"].search(
            [
                ("mail_server_id", "=", self.mail_server_id.id),
                ("state", "in", list(WAITING)),
                "|",
                ("attempts", "=", 0),
                ("due_at", "=", self.resting_until),
            ]
        )
        waiting._write_lives([(one.id, replace(one._life(), due_at=None)) for one in waiting])

    def _may_carry(self, mail):
        """Tell whether an e-mail waits for this account; those that chose none wait for any."""
        return not mail.mail_server_id or mail.mail_server_id == self.mail_server_id

    # -- for couriers -------------------------------------------------------------------------

    @api.model
    def _retry_schedule(self):
        return RetrySchedule()

    @api.model
    def _open_book(self, server, name):
        """Return the :class:`Book` of an account; ``server`` is empty for the command line's."""
        # What is known of an account decides for everybody's e-mails.
        found = self.sudo().search([("mail_server_id", "=", server.id)], limit=1)
        return Book(self.sudo(), server.id or None, name, found._health(), found.buckets or {})


class Book:
    """What a courier knows and learns of an account."""

    def __init__(self, model, server_id, name, health, buckets):
        self._model, self._server_id, self._name = model, server_id, name
        self.health = health
        self.troubled = False
        """Whether it had trouble in this run."""
        self.changed = False
        # Stored by the clock of the day, used by one that never goes back.
        self.buckets = {
            key: at - time.time() + time.monotonic() for key, at in (buckets or {}).items()
        }
        self._worked_at = None

    def trouble(self, result, now, random):
        """Note trouble of the account; ``result`` is what became of a recipient."""
        self.health = self.health.after_failure(
            now, random, result.reason, result.reply, result.alarm, result.retry_after
        )
        self.troubled = self.changed = True

    def worked(self):
        """Note that a server answered."""
        self.health = self.health.after_success()
        self._worked_at = fields.Datetime.now()
        self.changed = True

    def buckets_from(self, throttle):
        """Note how much of the rates is used up."""
        if throttle.account or throttle.domains:
            throttle.forget_full(time.monotonic())
            self.buckets = dict(throttle.full_at)
            self.changed = True

    def store(self):
        """Write what was learnt."""
        shift = time.time() - time.monotonic()
        values = {
            **asdict(self.health),
            "name": self._name,
            "worked_at": self._worked_at,
        }
        values["buckets"] = {key: at + shift for key, at in self.buckets.items()}
        if not self._worked_at:
            del values["worked_at"]
        (self._find() or self._make()).write(values)

    def _find(self):
        return self._model.search([("mail_server_id", "=", self._server_id or False)], limit=1)

    def _make(self):
        # By SQL: if another worker makes it at this moment, PostgreSQL says so by an error that is
        # tried again (40001), and not by one about a duplicate.
        self._model.env.cr.execute(
            "INSERT INTO smtp_account (mail_server_id, name) VALUES (%s, %s) "
            "ON CONFLICT DO NOTHING",
            [self._server_id, self._name],
            log_exceptions=False,
        )
        return self._find()
