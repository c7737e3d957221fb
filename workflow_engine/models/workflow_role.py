"""Roles: who may cross a transition."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..core.roles import Role, held


class WorkflowRole(models.Model):
    _name = "workflow.role"
    _description = "Workflow Role"
    _order = "name, id"

    name = fields.Char(required=True)
    parent_id = fields.Many2one(
        "workflow.role",
        string="Role Above",
        ondelete="restrict",
        index=True,
        help="Whoever holds the role above holds this one as well.",
    )
    group_ids = fields.Many2many(
        "res.groups", string="Groups", help="The members of these groups hold the role."
    )
    user_ids = fields.Many2many("res.users", string="Users", help="These users hold the role.")
    user_expr = fields.Char(
        string="Users of the Record",
        help="A Python expression whose names are fields and methods of the record and that gives "
        "users, such as user_id: they hold the role on that record.",
    )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A role cannot stand above itself."))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache("stable")
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache("stable")
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache("stable")
        return super().unlink()

    @api.model
    @ormcache(cache="stable")
    def _all_roles(self):
        """Return every role as plain data."""
        return tuple(
            Role(
                role.id,
                role.parent_id.id or None,
                frozenset(role.group_ids.ids),
                frozenset(role.user_ids.ids),
            )
            for role in self.sudo().search([])
        )

    @api.model
    def _held_by(self, user, groups):
        """Return the ids of the roles a user holds, whatever the record."""
        roles = self._all_roles()
        return held(roles, user.id, groups) if roles else frozenset()
