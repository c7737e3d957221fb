"""The field that says at which place of its workflow a record is.

A custom field, as Odoo's Studio makes them, of models whose workflow asks for it. What makes it
special: its relation is a view of the database.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .workflow_place import FIELD, VIEWS, records_at_places

_PLACE = "workflow.place"
#: A type of field that only ``_get_manual_field_data`` names. In the database it is a many2many.
_TYPE = "workflow_places"


class WorkflowPlaces(fields.Many2many):
    """A many2many whose relation is a view, made from instances and their tokens."""

    def update_db(self, model, columns):
        """Make no table: the view is made with the field, and by ``workflow.place``."""

    def update_db_foreign_keys(self, model):
        """Add none: a view takes none."""

    def write_real(self, records_commands_list, create=False):
        if self.related:
            # Of a record that inherits another: what is shown there is put into the cache.
            return super().write_real(records_commands_list, create)
        if any(commands for _records, commands in records_commands_list):
            env = records_commands_list[0][0].env
            raise UserError(
                env._(
                    "“%(field)s” shows where a record is in its workflow and cannot be written. "
                    "Send the record a signal instead.",
                    field=self._description_string(env),
                )
            )
        return None


# Odoo looks classes of custom fields up there by the type in their data.
fields.Field._by_type__.setdefault(_TYPE, WorkflowPlaces)


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _get_manual_field_data(self, model_name):
        found = super()._get_manual_field_data(model_name)
        mine = {
            # Whatever it is called: custom fields can be renamed.
            name: {**data, "ttype": _TYPE}
            for name, data in found.items()
            if _is_about_places(data["relation"], data["relation_table"])
        }
        return {**found, **mine} if mine else found

    def _instanciate_attrs(self, field_data):
        if field_data["ttype"] != _TYPE:
            return super()._instanciate_attrs(field_data)
        attrs = super()._instanciate_attrs({**field_data, "ttype": "many2many"})
        # Others may not read the names of places, and would fail to read all fields of a record.
        return attrs and {**attrs, "groups": "base.group_user"}

    def _about_places(self):
        return self.filtered(lambda one: _is_about_places(one.relation, one.relation_table))

    def unlink(self):
        names = self._about_places().mapped("model")
        result = super().unlink()
        if names and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            # Somebody may have deleted it by hand: the setting says what there is.
            self.env["workflow"]._in_lists(names).write({"in_lists": False})
        return result

    def _drop_column(self):
        # Odoo drops the relation as a table.
        for field in self._about_places():
            view = SQL.identifier(field.relation_table)
            self.env.cr.execute(SQL("DROP VIEW IF EXISTS %s", view))
            self.env.cr.execute(SQL("CREATE TABLE %s ()", view))
        return super()._drop_column()

    @api.model
    def _sync_workflow_places(self, model_names):
        """Give models the field if one of their workflows wants it, take it from the others."""
        wanted = set(self.env["workflow"]._in_lists(model_names).mapped("osv"))
        known = self.sudo().search(
            [("model", "in", list(model_names)), "|", ("name", "=", FIELD),
             ("relation", "=", _PLACE)]
        )  # fmt: skip
        present = known._about_places()
        missing = sorted(wanted.difference(present.mapped("model")))
        known.filtered(lambda one: one.name == FIELD and one.model in missing)._make_way()
        present.filtered(lambda one: one.model not in wanted).unlink()
        vals_list = [self._workflow_places_vals(name) for name in missing]
        for name, vals in zip(missing, vals_list, strict=True):
            self.env.cr.execute(records_at_places(name, vals["relation_table"]))
        self.sudo().create(vals_list)

    def _make_way(self):
        """Let models have the field whose name these have."""
        inherited = self.filtered(lambda one: one.model in self.env and one._is_inherited())
        for other in self - inherited:
            raise UserError(
                self.env._(
                    "%(model)s has a field %(name)s of its own, which is the name of the field "
                    "for the activity. Delete or rename it, or switch off “Activity in Lists”.",
                    model=other.model_id.name,
                    name=FIELD,
                )
            )
        # The one of the records it inherits; Odoo removes such fields in this way, too.
        inherited.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()

    def _is_inherited(self):
        field = self.env[self.model]._fields.get(self.name)
        return field is not None and field.inherited

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
            "relation_table": f"{VIEWS}{self.env['ir.model']._get_id(model_name)}",
            "column1": "res_id",
            "column2": "place_id",
            "store": True,
            "readonly": True,
            "copied": False,
        }


def _is_about_places(relation, table):
    """Tell whether a field's relation is a view; others may make fields with tables."""
    return relation == _PLACE and (table or "").startswith(VIEWS)
