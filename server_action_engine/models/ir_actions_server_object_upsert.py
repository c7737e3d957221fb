"""Action type ``object_upsert``: update the record with these values, or create it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..core.errors import ConfigurationError
from ..core.frames import state_of
from ..core.value_groups import merge_by_target
from .server_action_upsert_lock import key_hash
from .value_differences import differing
from .value_mapping import cumulative_fields

_KEY_TYPES = frozenset(
    {
        "boolean",
        "char",
        "date",
        "datetime",
        "integer",
        "many2one",
        "many2one_reference",
        "reference",
        "selection",
        "text",
    }
)
#: Types whose empty value is a value like any other.
_NEVER_EMPTY = frozenset({"boolean", "integer"})


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[
            ("object_create",),
            ("object_upsert", "Create or Update Record"),
            ("object_copy",),
        ],
        ondelete={"object_upsert": lambda records: records._on_type_removed("object_upsert")},
    )
    upsert_field_ids = fields.Many2many(
        "ir.model.fields",
        "ir_act_server_upsert_field_rel",
        "server_id",
        "field_id",
        string="Recognized by",
        help="Fields that tell one record from another, such as the e-mail address of a contact. "
        "A record with the same values in all of them is updated, archived ones too; if there "
        "is none, it is created.",
    )

    @api.depends("model_id", "update_path", "state", "write_target")
    def _compute_crud_relations(self):
        upserts = self.filtered(lambda action: action.state == "object_upsert")
        chosen = {action: action.crud_model_id for action in upserts}
        super()._compute_crud_relations()
        for action, model in chosen.items():
            action.crud_model_id = model or action.model_id

    def _generate_action_name(self):
        if self.state == "object_upsert" and self.crud_model_id:
            return self.env._("Create or update %(model)s", model=self.crud_model_id.name)
        return super()._generate_action_name()

    # -- configuration ----------------------------------------------------------------------------

    # Not on ``crud_model_id``: it is computed while the lines of a new action are being created,
    # when the fields below are not there yet. The lines check that they belong to the model.
    @api.constrains("state", "upsert_field_ids", "value_line_ids")
    def _check_upsert_fields(self):
        for action in self.filtered(lambda action: action.state == "object_upsert"):
            # Data files create an action before its lines; until then a warning is enough.
            if action.value_line_ids and (problem := action._upsert_problem()):
                raise ValidationError(problem)

    def _upsert_problem(self):
        """Return what is wrong with the fields that recognize a record, or an empty string."""
        if not self.upsert_field_ids:
            return self.env._(
                "Choose by which fields the action “%(action)s” recognizes a record that exists.",
                action=self.name,
            )
        mapped = set(self.value_line_ids.mapped("field_name"))
        for field in self.upsert_field_ids:
            names = {"field": field.field_description, "action": self.name}
            if field.model != self._mapping_model_name() or field.name not in mapped:
                return self.env._(
                    "The action “%(action)s” recognizes records by “%(field)s”, but gives it no "
                    "value. Add a line for it.",
                    **names,
                )
            known = self.env[field.model]._fields[field.name]
            if field.ttype not in _KEY_TYPES or not (known.store or known.search):
                return self.env._(
                    "The action “%(action)s” cannot recognize records by “%(field)s”: fields of "
                    "this type cannot be compared safely. Choose a text, a number, a date or a "
                    "link.",
                    **names,
                )
        return ""

    @api.model
    def _warning_depends(self):
        return [*super()._warning_depends(), "upsert_field_ids"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "object_upsert" and self._origin and (problem := self._upsert_problem()):
            warnings.append(problem)
        return warnings

    # -- running ----------------------------------------------------------------------------------

    def _run_action_object_upsert_multi(self, eval_context=None):
        env = self._acting_env(eval_context)
        target_model = env[self._mapping_model_name()]
        records = self._mapping_records(eval_context)
        prepared = self._prepare_values(records, eval_context, target_model)
        names = sorted(self.upsert_field_ids.mapped("name"))
        keyed = [
            (self._upsert_key(record, vals, names, target_model), vals) for record, vals in prepared
        ]
        found = self._update_or_create(keyed, names, target_model)
        self._keep_created(
            [record for record, _vals in prepared],
            [target_model.browse(found[key]) for key, _vals in keyed],
        )
        return False

    def _update_or_create(self, keyed, names, target_model):
        """Write the records that exist and create the others.

        :param keyed: list of ``(key, vals)``
        :param names: fields of the key, in its order
        :returns: dict key → id
        """
        merged = merge_by_target(keyed, cumulative_fields(keyed, target_model))
        found = self._find_by_key(dict(merged), names, target_model)
        missing = [(key, vals) for key, vals in merged if key not in found]
        if missing:
            company = self._upsert_company(target_model)
            self.env["server.action.upsert.lock"].sudo()._take(
                {key_hash(target_model._name, names, key, company) for key, _vals in missing}
            )
        changes = []
        for key, vals in merged:
            if key in found and (part := differing(target_model.sudo().browse(found[key]), vals)):
                changes.append((found[key], part))
        self._write_values(changes, target_model)
        created = self._create_values([vals for _key, vals in missing], target_model)
        found.update(zip((key for key, _vals in missing), created.ids, strict=True))
        if frame := state_of(self.env.cr).current:
            frame.messages.append(
                self.env._(
                    "%(created)s created, %(updated)s updated, %(unchanged)s unchanged",
                    created=len(missing),
                    updated=len(changes),
                    unchanged=len(merged) - len(missing) - len(changes),
                )
            )
        return found

    def _upsert_key(self, record, vals, names, target_model):
        """Return the values that recognize a record, as they are compared.

        :raises ConfigurationError: all of them are empty
        """
        fields_ = [target_model._fields[name] for name in names]
        key = tuple(
            field.convert_to_cache(vals[field.name], target_model) or None for field in fields_
        )
        if not any(key) and not any(field.type in _NEVER_EMPTY for field in fields_):
            raise ConfigurationError(
                self.env._(
                    "The action “%(action)s” cannot recognize a record made from “%(record)s”: "
                    "%(fields)s is empty. Add a condition that leaves such records out.",
                    action=self.name,
                    record=record.display_name if record else self.model_id.name,
                    fields=", ".join(self.upsert_field_ids.mapped("field_description")),
                )
            )
        return key

    def _find_by_key(self, wanted, names, target_model):
        """Return the existing records in one query.

        Archived ones count, and so do those the user may not see: creating a second record is
        never what the author wants. Whether the user may change it is decided by the write.

        :param wanted: dict key → vals
        :returns: dict key → id
        :raises ConfigurationError: several records have the same key
        """
        if not wanted:
            return {}
        domain = Domain.AND(
            Domain(name, "in", [vals[name] for vals in wanted.values()]) for name in names
        )
        if company := self._upsert_company(target_model):
            domain &= Domain("company_id", "in", [False, company])
        fields_ = [target_model._fields[name] for name in names]
        found = {}
        for record in (
            target_model.sudo().with_context(active_test=False).search(domain, order="id")
        ):
            key = tuple(
                field.convert_to_cache(record[field.name], record) or None for field in fields_
            )
            if key not in wanted:
                continue
            if key in found:
                raise self._ambiguous(key, target_model)
            found[key] = record.id
        return found

    def _upsert_company(self, target_model):
        """Return the company whose records are looked at, 0 for all of them."""
        if "company_id" not in target_model._fields:
            return 0
        if "company_id" in self.value_line_ids.mapped("field_name"):
            return 0
        return target_model.env.company.id

    def _ambiguous(self, key, target_model):
        return ConfigurationError(
            self.env._(
                "The action “%(action)s” does not know which record to update: there are several "
                "%(model)s with %(fields)s = %(values)s. Merge them, or choose more fields to "
                "recognize a record by.",
                action=self.name,
                model=target_model._description,
                fields=", ".join(self.upsert_field_ids.sorted("name").mapped("field_description")),
                values=", ".join(str(part) for part in key),
            )
        )
