"""Actions that run other actions: no cycles, and no deletion of what is still used."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    flow_user_count = fields.Integer(
        string="Used By",
        compute="_compute_flow_user_count",
        help="Number of actions that run this one as a step of theirs.",
    )

    @api.model
    def _get_flow_fields(self):
        """Return the names of the many2one fields by which an action runs another one."""
        names = ("loop_action_id", "branch_then_id", "branch_else_id", "fallback_action_id")
        return [name for name in names if name in self._fields]

    def _get_next_actions(self):
        """Return the actions that these ones start directly, whatever their type is now."""
        following = self.child_ids
        for name in self._get_flow_fields():
            following |= self[name]
        return following

    def _get_flow_users(self):
        """Return the actions that start one of these, other than as its parent."""
        domain = Domain.OR(Domain(name, "in", self.ids) for name in self._get_flow_fields())
        return self.sudo().search(domain) if self.ids else self.browse()

    def _compute_flow_user_count(self):
        for action in self:
            action.flow_user_count = len(action._origin._get_flow_users())

    @api.constrains(lambda self: ["parent_id", "child_ids", *self._get_flow_fields()])
    def _check_no_cycle(self):
        for action in self.sudo():
            if chain := action._find_cycle():
                raise ValidationError(
                    self.env._(
                        "An action must not run itself, not even through others: %(chain)s",
                        chain=" → ".join(item.name or "?" for item in chain),
                    )
                )

    def _find_cycle(self):
        """Return the actions from this one back to itself, or None.

        A new cycle always passes through an action that was just changed, so it is enough to
        look for a way back to this one.
        """
        came_from = {}
        border = [self]
        while border:
            current = border.pop()
            for following in current._get_next_actions():
                if following == self:
                    return self._chain_to(current, came_from) + [self]
                if following.id not in came_from:
                    came_from[following.id] = current
                    border.append(following)
        return None

    def _chain_to(self, last, came_from):
        chain = [last]
        while chain[0] != self:
            chain.insert(0, came_from[chain[0].id])
        return chain

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Deleting an action that others run would leave them silently incomplete."""
        users = self._get_flow_users() - self
        if users:
            raise UserError(
                self.env._(
                    "These actions are still used by others: %(users)s. Choose other actions "
                    "there first.",
                    users=", ".join(users.mapped("name")),
                )
            )

    def action_open_flow_users(self):
        """Open the actions that run this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Actions that run “%(name)s”", name=self.name),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", self._get_flow_users().ids)],
        }
