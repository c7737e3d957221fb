"""Filling the snapshot of a rule in the background, and how far that is.

The first task splits the records into batches and queues one task for each. A batch keeps only
values nobody has kept meanwhile, so it may run any number of times, in any order, beside changes
by people. How far it is follows from what is there: the tasks and the values.
"""

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.server_action_engine.models.server_action_task import (
    FAILED,
    PAUSED,
    PENDING,
    STARTED,
)
from odoo.addons.server_action_engine.models.server_action_task_enqueue import PAYLOAD_KEY

from .rule_scope import PAUSED_PARAMETER

#: Records whose values one task computes.
BATCH = 1000
FILLING, READY = "filling", "ready"
_UNFINISHED = (PENDING, STARTED, PAUSED)
#: Fields of a rule that say what is kept, and whether changes are heard.
_DECIDING = frozenset(
    {"trigger", "model_id", "computed_field_id", "trg_date_id", "active", "paused"}
)


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    snapshot_state = fields.Selection(
        [
            (FILLING, "Being filled"),
            (READY, "Complete"),
            (FAILED, "Failed"),
        ],
        compute="_compute_snapshot_progress",
        groups="base.group_system",
        help="The last known values of all records. While they are being read for the first time, "
        "the rule takes the first value it sees of a record as known, and does not run for it; a "
        "timed rule runs as soon as the date of a record is known.",
    )
    snapshot_done = fields.Integer(
        string="Values Read", compute="_compute_snapshot_progress", groups="base.group_system"
    )
    snapshot_total = fields.Integer(
        string="Values in All", compute="_compute_snapshot_progress", groups="base.group_system"
    )

    @api.depends("trigger", "model_id")
    def _compute_snapshot_progress(self):
        rules = self._origin.filtered(
            lambda rule: rule._has_snapshot() and rule.model_name in self.env
        )
        self.snapshot_state = False
        self.snapshot_done = self.snapshot_total = 0
        if not rules:
            return
        done = self.env["base.automation.snapshot"]._count_by_rule(rules)
        unfinished = rules._count_fill_tasks(*_UNFINISHED)
        failed = rules._count_fill_tasks(FAILED)
        for rule in self:
            origin = rule._origin
            if origin not in rules:
                continue
            rule.snapshot_total = rule._snapshot_records().search_count([])
            # Values of deleted records stay until the next vacuum.
            rule.snapshot_done = min(done.get(origin.id, 0), rule.snapshot_total)
            if origin.id in unfinished:
                rule.snapshot_state = FILLING
            else:
                rule.snapshot_state = FAILED if origin.id in failed else READY

    def _count_fill_tasks(self, *states):
        """Return the number of tasks in these states by id of the rule they fill."""
        groups = {rule._fill_group(): rule.id for rule in self}
        found = self.env["server.action.task"]._read_group(
            [("group_name", "in", list(groups)), ("state", "in", states)],
            ["group_name"],
            ["__count"],
        )
        return {groups[name]: count for name, count in found}

    def _has_fill_tasks(self, again):
        """Tell whether tasks have not finished yet, see ``_enqueue_fill``."""
        group = self._fill_group(again)
        domain = [("group_name", "=", group), ("state", "in", _UNFINISHED)]
        # As where they are cancelled: tasks in general are not the author's business.
        return bool(self.env["server.action.task"].sudo().search_count(domain, limit=1))

    def _fill_group(self, again=False):
        # One task at a time: they would only compete for the same computations.
        return f"base_automation_ext.snapshot.{self.id}{'.again' if again else ''}"

    # -- when a snapshot is needed ----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.filtered(lambda rule: rule._snapshot_subject())._renew_snapshots()
        return rules

    def write(self, vals):
        if _DECIDING.isdisjoint(vals):
            return super().write(vals)
        before = {rule: rule._snapshot_subject() for rule in self}
        result = super().write(vals)
        self.filtered(lambda rule: rule._snapshot_subject() != before[rule])._renew_snapshots()
        return result

    def unlink(self):
        self._cancel_fill_tasks()
        return super().unlink()

    def _snapshot_subject(self):
        """Return what values the rule has to know, or None."""
        if self.trigger != "on_computed_change" or self.paused or not self.active:
            # Values from before a pause say nothing about what changes after it.
            return None
        return self.model_id.id, self.computed_field_id.id

    def _has_snapshot(self):
        """Tell whether values of records are kept for the rule."""
        return self.trigger == "on_computed_change"

    def _renew_snapshots(self):
        """Forget all values of the rules, and read them anew where they are needed."""
        if not self:
            return
        self.env["base.automation.snapshot"]._forget(self)
        self._cancel_fill_tasks()
        for rule in self:
            if rule._snapshot_subject():
                rule._begin_fill()

    def _begin_fill(self):
        """Read the values of all records for the first time."""
        self._enqueue_fill(None)

    def action_renew_snapshot(self):
        """Read the known values of all records anew."""
        self.check_access("write")
        self._renew_snapshots()

    def _cancel_fill_tasks(self):
        # The rule's author need not be allowed to touch tasks in general.
        tasks = self.env["server.action.task"].sudo()
        groups = [rule._fill_group(again) for rule in self for again in (False, True)]
        if not groups:
            return
        # Those that are running find out by themselves that nothing is left to do.
        domain = [("group_name", "in", groups), ("state", "in", (PENDING, PAUSED, FAILED))]
        tasks.search(domain).unlink()

    # -- tasks ------------------------------------------------------------------------------------

    def _enqueue_fill(self, batch, again=False):
        """Queue a task: ``batch`` is (first id, last id), or None for the one that splits.

        :param again: whether values that are known are to be read once more
        """
        # As superuser with an empty context: values are computed the same whoever saves the rule.
        rule = self.env(user=SUPERUSER_ID, su=True, context={})[self._name].browse(self.id)
        rule.env["server.action.task"]._enqueue(
            rule.env.ref("base_automation_ext.ir_actions_server_fill_snapshot"),
            rule,
            group=self._fill_group(again),
            values={"subject": list(self._snapshot_subject()), "batch": batch, "again": again},
            origin=rule,
        )

    def _run_fill_task(self):
        """Do what the task at hand says; called by the technical server action."""
        self.ensure_one()
        # A task that was queued before an update does not say whether it is for the first time.
        values = {"again": False, **self.env.context[PAYLOAD_KEY]}
        if list(self._snapshot_subject() or ()) != values["subject"]:
            return
        records = self._snapshot_records()
        if not values["batch"]:
            # Only the ids: the values are computed by the tasks, batch by batch.
            ids = records._search([], order="id").get_result_ids()
            for at in range(0, len(ids), BATCH):
                self._enqueue_fill([ids[at], ids[at : at + BATCH][-1]], values["again"])
            return
        first, last = values["batch"]
        found = records.search([("id", ">=", first), ("id", "<=", last)])
        self._fill_snapshot(found, values["again"])

    def _fill_snapshot(self, records, again=False):
        """Keep the values of records that have none yet.

        :param again: also of those that have
        """
        if records:
            values = self._computed_values(records)
            self.env["base.automation.snapshot"]._keep_first(self.id, values)

    @api.model
    def _renew_all_snapshots(self):
        """Read the known values of all rules anew, after a time in which no change was heard."""
        rules = self.sudo().search([("trigger", "=", "on_computed_change")])
        rules._renew_snapshots()

    def _snapshot_records(self):
        """Return the model of the rule as superuser; searches find archived records too."""
        model = self.env[self.model_id.model]
        return model.with_user(SUPERUSER_ID).with_context(active_test=False)


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    def _pause_parameter_changed(self):
        result = super()._pause_parameter_changed()
        if PAUSED_PARAMETER in self.mapped("key"):
            self.env["base.automation"]._renew_all_snapshots()
        return result
