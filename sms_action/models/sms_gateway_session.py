"""Sessions that the long-lived process holds, one row for each, written by that process."""

from datetime import timedelta

from odoo import api, fields, models

BOUND, CONNECTING, REFUSED, STANDBY = "bound", "connecting", "refused", "standby"
#: Seconds between two signs of life of a process, and after which it counts as gone.
BEAT_SECONDS = 30.0
GONE_SECONDS = 100
_KEPT_DAYS = 7
#: First half of the keys of the locks on the sessions of a gateway; a number nobody else uses.
SESSIONS = 0x736D7070
_UPSERT = """
    INSERT INTO sms_gateway_session AS known
        (gateway_id, bind, process, state, since, seen_at, problem)
    SELECT told.gateway_id, told.bind, told.process, told.state,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', told.problem
      FROM unnest(%s::int[], %s::varchar[], %s::varchar[], %s::varchar[], %s::varchar[])
           AS told(gateway_id, bind, process, state, problem)
      JOIN sms_gateway ON sms_gateway.id = told.gateway_id
    ON CONFLICT (gateway_id, bind, process) DO UPDATE SET
        state = EXCLUDED.state,
        since = CASE WHEN known.state = EXCLUDED.state THEN known.since ELSE EXCLUDED.since END,
        seen_at = EXCLUDED.seen_at,
        problem = CASE WHEN EXCLUDED.state IN ('bound', 'standby') THEN NULL
                       ELSE COALESCE(EXCLUDED.problem, known.problem) END
"""


class SmsGatewaySession(models.Model):
    _name = "sms.gateway.session"
    _description = "SMPP Session"
    _order = "gateway_id, bind, process"
    # Rows are written by SQL, in transactions of the process that holds the session.
    _log_access = False
    _rec_name = "process"

    gateway_id = fields.Many2one("sms.gateway", readonly=True, ondelete="cascade", required=True)
    bind = fields.Selection(
        [
            ("transceiver", "Transceiver"),
            ("transmitter", "Transmitter"),
            ("receiver", "Receiver"),
        ],
        string="Kind",
        readonly=True,
        required=True,
    )
    process = fields.Char(readonly=True, required=True, help="Host and number of the process.")
    state = fields.Selection(
        [
            (BOUND, "Signed In"),
            (CONNECTING, "Connecting"),
            (REFUSED, "Refused"),
            (STANDBY, "Stand-by"),
        ],
        readonly=True,
        help="“Stand-by”: another process holds the session; this one takes over if it ends.",
    )
    since = fields.Datetime(readonly=True)
    seen_at = fields.Datetime(string="Sign of Life", readonly=True)
    problem = fields.Char(string="Last Problem", readonly=True)
    alive = fields.Boolean(
        compute="_compute_alive", help="Whether the process has been heard of lately."
    )

    _session_unique = models.UniqueIndex("(gateway_id, bind, process)")

    @api.depends("seen_at")
    def _compute_alive(self):
        limit = fields.Datetime.now() - timedelta(seconds=GONE_SECONDS)
        for session in self:
            session.alive = bool(session.seen_at and session.seen_at >= limit)

    @api.model
    def _note(self, rows):
        """Write down how sessions are.

        :param rows: list of (gateway id, bind, process, state, problem or None)
        """
        if rows:
            # Gateways may have been deleted meanwhile: their rows are left out by the join.
            self.env.cr.execute(_UPSERT, [list(column) for column in zip(*rows, strict=True)])

    @api.model
    def _forget(self, process):
        """Drop the rows of a process that ends as it should."""
        self.env.cr.execute("DELETE FROM sms_gateway_session WHERE process = %s", [process])

    @api.autovacuum
    def _gc_gone(self):
        limit = fields.Datetime.now() - timedelta(days=_KEPT_DAYS)
        self.search([("seen_at", "<", limit)]).unlink()


class SmsGateway(models.Model):
    _inherit = "sms.gateway"

    smpp_session_ids = fields.One2many("sms.gateway.session", "gateway_id", readonly=True)
    smpp_condition = fields.Selection(
        [
            ("none", "No process runs"),
            (BOUND, "Signed in"),
            (CONNECTING, "Connecting"),
            (REFUSED, "Refused"),
        ],
        string="Session",
        compute="_compute_smpp_condition",
        help="What the process “odoo-bin sms_gateway” says about its sessions.",
    )

    @api.model
    def _held_ids(self):
        """Return the ids of gateways whose sessions a process holds at this moment.

        Asked of the locks themselves, which end with the process however it dies.
        """
        if not self.sudo().search_count([("kind", "=", "smpp")], limit=1):
            return frozenset()
        self.env.cr.execute(
            "SELECT objid::int8 FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND classid = %s AND objsubid = 2 AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())",
            [SESSIONS],
        )
        return frozenset(id_ for [id_] in self.env.cr.fetchall())

    def _is_held(self):
        """Tell whether messages are left to a process, which has the session."""
        return self.kind == "smpp" and self.id in self._held_ids()

    @api.depends("smpp_session_ids.state", "smpp_session_ids.seen_at")
    def _compute_smpp_condition(self):
        # The worst session of the process that holds them.
        order = (REFUSED, CONNECTING, BOUND)
        for gateway in self:
            states = {one.state for one in gateway.smpp_session_ids if one.alive}
            gateway.smpp_condition = next((one for one in order if one in states), "none")
