"""Background tasks: an action that runs on records later, in a transaction of its own."""

from odoo import api, fields, models

from .run_log_fields import LooseMany2one

PENDING, STARTED, DONE = "pending", "started", "done"
FAILED, CANCELLED, PAUSED = "failed", "cancelled", "paused"

#: SQL condition under which a key is taken. The unique index and ``ON CONFLICT`` must agree on it
#: word by word, or PostgreSQL does not find the index.
KEY_TAKEN = (
    "idempotency_key IS NOT NULL AND (state IN ('pending', 'started', 'paused') OR key_held)"
)


class ServerActionTask(models.Model):
    """One action that waits to run on one record, or on several that belong together.

    Rows are inserted by :meth:`_enqueue` and moved from state to state by SQL statements with
    literal states, so that the partial indexes below are used.
    """

    _name = "server.action.task"
    _description = "Background Task"
    _order = "id desc"
    _allow_sudo_commands = False
    # Rows come and go by the thousand. Columns nobody reads and foreign keys would cost more than
    # everything else together: each checks and locks a row, on every insert.
    _log_access = False

    action_id = LooseMany2one("ir.actions.server", string="Action", required=True, readonly=True)
    model = fields.Char(string="Model Name", readonly=True)
    model_id = fields.Many2one("ir.model", compute="_compute_model_id", string="Model")
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", readonly=True, help="Empty if there are several."
    )
    record_ids = fields.Json(
        string="Record IDs", readonly=True, help="Ids the action has to see all at once."
    )
    record_count = fields.Integer(string="Records", readonly=True, aggregator="sum")
    payload = fields.Json(readonly=True, help="Values handed to the action with the records.")

    state = fields.Selection(
        [
            (PENDING, "Waiting"),
            (STARTED, "Running"),
            (DONE, "Done"),
            (FAILED, "Failed"),
            (CANCELLED, "Cancelled"),
            (PAUSED, "Paused"),
        ],
        required=True,
        default=PENDING,
        readonly=True,
    )
    created_at = fields.Datetime(string="Created", readonly=True, default=fields.Datetime.now)
    due_at = fields.Datetime(
        string="Due", required=True, default=fields.Datetime.now, help="Does not run before."
    )
    priority = fields.Integer(
        default=10,
        required=True,
        aggregator=None,
        help="0 is the most urgent. A task that waits gains one step per minute.",
    )
    group_name = fields.Char(
        string="Concurrency Group",
        readonly=True,
        help="Only as many workers as the group allows run its tasks at the same time; one, "
        "unless the group says otherwise.",
    )
    batch_key = fields.Char(readonly=True, help="Tasks with the same key may share a transaction.")
    mergeable = fields.Boolean(
        readonly=True, help="Runs together with others of its kind, as one set of records."
    )

    attempt = fields.Integer(string="Attempts", readonly=True, aggregator=None)
    max_attempts = fields.Integer(
        string="Attempts Allowed", default=1, readonly=True, aggregator=None
    )
    retry_delay_seconds = fields.Float(string="First Delay (s)", readonly=True, aggregator=None)
    retry_factor = fields.Float(string="Delay Factor", readonly=True, aggregator=None)
    retry_max_delay_seconds = fields.Float(
        string="Longest Delay (s)", readonly=True, aggregator=None
    )
    crash_count = fields.Integer(
        string="Crashes",
        readonly=True,
        aggregator=None,
        help="How often the worker ended while it ran this task.",
    )
    worker_token = fields.Char(
        readonly=True, help="Proof of the worker that runs the task; nobody else may finish it."
    )
    started_at = fields.Datetime(string="Last Start", readonly=True)
    finished_at = fields.Datetime(string="Finished", readonly=True)

    idempotency_key = fields.Char(
        readonly=True, help="Of all unfinished tasks, only one may have this key."
    )
    dedupe_seconds = fields.Integer(
        readonly=True, aggregator=None, help="The key stays taken this long after the task is done."
    )
    key_held = fields.Boolean(string="Key Still Taken", readonly=True)
    key_held_until = fields.Datetime(readonly=True)

    user_id = LooseMany2one("res.users", string="Runs As", required=True, readonly=True)
    superuser = fields.Boolean(
        string="Superuser Mode", readonly=True, help="Access rights are not checked."
    )
    company_id = LooseMany2one("res.company", readonly=True)
    context = fields.Json(string="Run Context", readonly=True)

    result = fields.Char(readonly=True)
    error_type = fields.Char(readonly=True)
    error_message = fields.Text(string="Error", readonly=True)
    traceback = fields.Text(readonly=True, groups="base.group_system")
    origin_kind = fields.Char(string="Origin", readonly=True, help="What created the task.")
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(
        string="Origin Record", model_field="origin_model", readonly=True
    )
    chain_depth = fields.Integer(
        readonly=True, aggregator=None, help="Tasks that created each other up to this one."
    )

    # The ready queue. Keys come before due times: a lane enumerates the keys by jumping from one
    # to the next, whatever the number of tasks behind each.
    _ready_idx = models.Index("(priority, batch_key, due_at, id) WHERE state = 'pending'")
    _started_idx = models.Index("(started_at) WHERE state = 'started'")
    _group_idx = models.Index("(group_name, started_at) WHERE group_name IS NOT NULL")
    _finished_idx = models.Index("(finished_at) WHERE state IN ('done', 'failed', 'cancelled')")
    _key_uniq = models.UniqueIndex(
        f"(idempotency_key) WHERE {KEY_TAKEN}",
        "A task with this idempotency key is already waiting or running.",
    )

    @api.model
    def _gave_up(self, ids):
        """Do nothing. Called with the ids of tasks that just failed for good; addons extend it.

        In the transaction that says so, as superuser. It must not raise.
        """

    @api.depends("model")
    def _compute_model_id(self):
        for task in self:
            task.model_id = self.env["ir.model"]._get(task.model)

    @api.depends("action_id", "model", "res_id", "record_count")
    def _compute_display_name(self):
        for task in self:
            name = task.action_id.name or ""
            if task.record_count > 1:
                name = self.env._(
                    "%(action)s (%(count)s records)", action=name, count=task.record_count
                )
            elif task.res_id:
                name = f"{name} ({task.model},{task.res_id})"
            task.display_name = name
