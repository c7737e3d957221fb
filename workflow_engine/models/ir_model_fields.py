"""The field that says at which place of its workflow a record is.

A custom field, as Odoo's Studio makes them, of models whose workflow asks for it. What makes it
special: its relation is a view of the database.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, sql

from .workflow_place import FIELD, records_at_places

_PLACE = "workflow.place"
#: A type of field that only ``_get_manual_field_data`` names. In the database it is a many2many.
_TYPE = "workflow_places"


class WorkflowPlaces(fields.Many2many):
    """A many2many whose relation is a view, made from instances and their tokens."""

    def update_db(self, model, columns):
        if sql.table_kind(model.env.cr, self.relation) is None:
            model.env.cr.execute(records_at_places(model._name, self.relation))

    def update_db_foreign_keys(self, model):
        """Add none: a view takes none."""

    def write_real(self, records_commands_list, create=False):
        if any(commands for _records, commands in records_commands_list):
            env = records_commands_list[0][0].env
            raise UserError(
                env._(
                    "“%(field)s” shows where a record is in its workflow and cannot be written. "
                    "Send the record a signal instead.",
                    field=self._description_string(env),
                )
            )


# Odoo looks classes of custom fields up there by the type in their data.
fields.Field._by_type__.setdefault(_TYPE, WorkflowPlaces)


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _get_manual_field_data(self, model_name):
        found = super()._get_manual_field_data(model_name)
        mine = found.get(FIELD, {})
        # Models that inherit the records of another have a row for its field, without a relation.
        if mine.get("relation") != _PLACE or not mine["relation_table"]:
            return found
        return {**found, FIELD: {**found[FIELD], "ttype": _TYPE}}

    def _instanciate_attrs(self, field_data):
        if field_data["ttype"] != _TYPE:
            return super()._instanciate_attrs(field_data)
        attrs = super()._instanciate_attrs({**field_data, "ttype": "many2many"})
        # Others may not read the names of places, and would fail to read all fields of a record.
        return attrs and {**attrs, "groups": "base.group_user"}

    def _drop_column(self):
        # Odoo drops the relation as a table.
        for field in self.filtered(lambda one: one.relation == _PLACE and one.relation_table):
            view = SQL.identifier(field.relation_table)
            self.env.cr.execute(SQL("DROP VIEW IF EXISTS %s", view))
            self.env.cr.execute(SQL("CREATE TABLE %s ()", view))
        return super()._drop_column()

    @api.model
    def _sync_workflow_places(self, model_names):
        """Give models the field if one of their workflows wants it, take it from the others."""
        wanted = {
            workflow.osv
            for workflow in self.env["workflow"]
            .sudo()
            .with_context(active_test=False)
            .search([("osv", "in", list(model_names)), ("in_lists", "=", True)])
        }
        named = self.sudo().search([("model", "in", list(model_names)), ("name", "=", FIELD)])
        fields_here = named.filtered(lambda one: one.relation == _PLACE and one.relation_table)
        for other in (named - fields_here).filtered(lambda one: one.model in wanted):
            raise UserError(
                self.env._(
                    "%(model)s has a field %(name)s of its own, which is the name of the field "
                    "for the activity. Delete or rename it, or switch off “Activity in Lists”.",
                    model=other.model_id.name,
                    name=FIELD,
                )
            )
        missing = wanted - set(fields_here.mapped("model"))
        fields_here.filtered(lambda one: one.model not in wanted).unlink()
        self.sudo().create([self._workflow_places_vals(name) for name in sorted(missing)])

    @api.model
    def _workflow_places_vals(self, model_name):
        return {
            "name": FIELD,
            "model_id": self.env["ir.model"]._get_id(model_name),
            "field_description": "Workflow Activity",
            "help": "Where the record is in its workflow now.",
            "ttype": "many2many",
            "relation": _PLACE,
            # At most 63 characters, so that PostgreSQL keeps all of them.
            "relation_table": f"x_workflow_places_{self.env['ir.model']._get_id(model_name)}",
            "column1": "res_id",
            "column2": "place_id",
            "store": True,
            "readonly": True,
            "copied": False,
        }
