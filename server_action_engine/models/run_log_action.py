"""What the run log adds to server actions."""

from odoo import fields, models
from odoo.tools import SQL

from .run_log_buffer import write_waiting


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    alert_user_id = fields.Many2one(
        "res.users",
        string="Alert on Failure",
        help="When the action fails, this user gets an activity and an e-mail, at most once an "
        "hour.",
    )
    run_count = fields.Integer(
        string="Runs", compute="_compute_run_count", groups="base.group_system"
    )
    run_trouble_count = fields.Integer(
        string="Failed Runs", compute="_compute_run_count", groups="base.group_system"
    )

    def _compute_run_count(self):
        groups = self.env["server.action.run"]._read_group(
            [("action_id", "in", self.ids)], ["action_id", "state"], ["__count"]
        )
        total, trouble = {}, {}
        for action, state, count in groups:
            total[action.id] = total.get(action.id, 0) + count
            if state in ("partly", "isolated", "failed"):
                trouble[action.id] = trouble.get(action.id, 0) + count
        for action in self:
            action.run_count = total.get(action.id, 0)
            action.run_trouble_count = trouble.get(action.id, 0)

    def action_open_runs(self):
        """Open the runs of the action."""
        self.ensure_one()
        return self.env["server.action.run"]._window_action(
            [("action_id", "=", self.id)], self.env._("Runs of %(action)s", action=self.name)
        )

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        _clear_links(self.env, "action_id", ids, "server_action_run", "server_action_step")
        self.env.cr.execute("DELETE FROM server_action_alert WHERE action_ref = ANY(%s)", [ids])
        return result


class ResUsers(models.Model):
    _inherit = "res.users"

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        _clear_links(self.env, "user_id", ids, "server_action_run")
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        _clear_links(self.env, "company_id", ids, "server_action_run")
        return result


def _clear_links(env, column, ids, *tables):
    """Empty links of the log to deleted records; there are no foreign keys that would do it."""
    write_waiting(env.cr)
    for table in tables:
        env.cr.execute(
            SQL(
                "UPDATE %s SET %s = NULL WHERE %s = ANY(%s)",
                SQL.identifier(table),
                SQL.identifier(column),
                SQL.identifier(column),
                ids,
            )
        )
        env[table.replace("_", ".")].invalidate_model([column])
