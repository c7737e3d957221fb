"""Values of one field of the target model: from text, from a computed result, from a path."""

from markupsafe import Markup, escape

from odoo import fields
from odoo.models import BaseModel
from odoo.tools import html2plaintext

from ..core import value_records as named
from ..core import values as core
from ..core.values import LiteralError, TypeRules

#: What of a to-many field's records a mapped value changes.
ADD, SET, REMOVE, CLEAR = "add", "set", "remove", "clear"


class FieldTyper:
    """Turns texts and results into values of one field.

    :param env: environment in superuser mode, for looking up the records a text names; its user
        says the time zone of ``today``
    :param field: the target field (``odoo.fields.Field``)
    :param operation: what a to-many value does: ``add``, ``set``, ``remove`` or ``clear``
    """

    def __init__(self, env, field, operation=ADD):
        self.env = env
        self.field = field
        self.operation = operation or ADD
        selection = field._description_selection(env) if field.type == "selection" else ()
        self.rules = TypeRules(
            field.type, selection=dict(selection), now=fields.Datetime.now(), tz=env.tz
        )

    # -- the three sources ----------------------------------------------------------------------

    def from_text(self, text):
        """Return the value of a literal.

        :raises LiteralError: the text is no value of the field
        """
        text = text or ""
        kind = self.field.type
        if kind in core.MANY_TYPES:
            return self._many_from_text(text)
        if kind not in core.ONE_TYPES:
            return core.parse_scalar(text, self.rules)
        if kind == "reference" and "," in text:
            return self._reference_from_text(text)
        record = self.find(named.parse_token(text))
        return self._one_from_records(record) if record is not None else False

    def from_references(self, text):
        """Return the value for records named by external id only.

        :raises LiteralError: no such record, or one of another model
        """
        tokens, _commands = named.parse_many(text or "")
        if not tokens or any(not token.external_id for token in tokens):
            raise LiteralError("not_external_id", value=core.shown(text))
        found = [self.find(named.RecordToken(external_id=token.external_id)) for token in tokens]
        if self.field.type in core.MANY_TYPES:
            return self.commands([record.id for record in found])
        if len(found) > 1:
            raise LiteralError("several_records", value=core.shown(text))
        if self.field.type in core.ONE_TYPES:
            return self._one_from_records(found[0])
        return self._scalar_from_records(found[0])

    def from_result(self, value):
        """Return the value for the result of an expression; tolerant as OpenERP was.

        :raises LiteralError: the result does not fit
        """
        kind = self.field.type
        if kind in core.MANY_TYPES:
            return self._many_from_result(value)
        if isinstance(value, BaseModel):
            if kind in core.ONE_TYPES:
                return self._one_from_records(value)
            return self._scalar_from_records(value)
        if kind in core.ONE_TYPES:
            return self._one_from_result(value)
        return core.coerce_scalar(value, self.rules)

    def from_source(self, value, source):
        """Return the value for what another field holds.

        :param value: in record format
        :param source: the field it was read from
        """
        kind = self.field.type
        if isinstance(value, BaseModel) or kind in core.MANY_TYPES | core.ONE_TYPES:
            return self.from_result(value)
        if kind == "date" and source.type == "datetime" and value:
            return fields.Datetime.context_timestamp(self.env.user, value).date()
        if kind in core.TEXT_TYPES and source.type == "selection":
            value = dict(source._description_selection(self.env)).get(value, value)
        elif kind == "html" and value and not isinstance(value, Markup):
            value = escape(core.coerce_scalar(value, self.rules))
        elif kind in ("char", "text") and isinstance(value, Markup):
            value = html2plaintext(value)
        elif kind in ("char", "text") and source.type in core.NUMBER_TYPES and not value:
            value = str(value)
        return core.coerce_scalar(value, self.rules)

    # -- records ----------------------------------------------------------------------------------

    def find(self, token):
        """Return the record a token names, None for no token.

        :raises LiteralError: none, several, or one of another model
        """
        if token is None:
            return None
        if token.res_id:
            return self._by_id(token.res_id)
        if token.external_id:
            record = self.env.ref(token.external_id, raise_if_not_found=False)
            if record:
                return self._of_model(record)
            if not token.name:
                raise LiteralError("no_external_id", value=token.external_id)
        return self._by_name(token.name)

    def commands(self, ids):
        """Return the x2many commands that do the operation with ``ids``."""
        command = fields.Command
        if self.operation == CLEAR:
            return [command.clear()]
        if self.operation == SET:
            return [command.set(ids)]
        make = command.unlink if self.operation == REMOVE else command.link
        return [make(res_id) for res_id in ids]

    def _by_id(self, res_id):
        comodel = self.field.comodel_name
        if not comodel:
            if self.field.type == "many2one_reference":
                return _BareId(res_id)
            raise LiteralError("no_model", value=str(res_id))
        record = self.env[comodel].browse(res_id)
        if not record.exists():
            raise LiteralError("no_record", value=str(res_id), model=self._model_label())
        return record

    def _by_name(self, name):
        comodel = self.field.comodel_name
        if not comodel:
            raise LiteralError("no_model", value=name)
        found = self.env[comodel].name_search(name, operator="=", limit=2)
        if not found:
            raise LiteralError("no_name", value=name, model=self._model_label())
        if len(found) > 1:
            raise LiteralError("several_names", value=name, model=self._model_label())
        return self.env[comodel].browse(found[0][0])

    def _of_model(self, records):
        comodel = self.field.comodel_name
        if comodel and records._name != comodel:
            raise LiteralError(
                "other_model",
                value=str(records),
                found=records._description,
                model=self._model_label(),
            )
        return records

    def _model_label(self):
        return self.env[self.field.comodel_name]._description

    def _one_from_records(self, records):
        records = self._of_model(records) if isinstance(records, BaseModel) else records
        if not records:
            return False
        if len(records) > 1:
            raise LiteralError("several_records", value=str(records))
        if self.field.type == "reference":
            return f"{records._name},{records.id}"
        return records.id

    def _one_from_result(self, value):
        if not value:
            return False
        if isinstance(value, list | tuple):
            # ``(id, name)``, as many2one fields are read; or a list of one id.
            value = value[0]
        if isinstance(value, str):
            return self.from_text(value)
        if self.field.type == "reference":
            raise LiteralError("no_model", value=str(value))
        try:
            return int(value)
        except (TypeError, ValueError) as exc:
            raise LiteralError("not_record", value=core.shown(value)) from exc

    def _reference_from_text(self, text):
        model, _comma, rest = text.partition(",")
        model = model.strip()
        token = named.parse_token(rest)
        if model not in self.env:
            raise LiteralError("unknown_model", value=model)
        if token is None or not token.res_id:
            raise LiteralError("not_reference", value=core.shown(text))
        if not self.env[model].browse(token.res_id).exists():
            raise LiteralError(
                "no_record", value=str(token.res_id), model=self.env[model]._description
            )
        return f"{model},{token.res_id}"

    def _many_from_text(self, text):
        if self.operation == CLEAR:
            return self.commands([])
        tokens, commands = named.parse_many(text)
        if commands:
            return commands
        return self.commands([self.find(token).id for token in tokens])

    def _many_from_result(self, value):
        if self.operation == CLEAR:
            return self.commands([])
        if isinstance(value, BaseModel):
            return self.commands(self._of_model(value).ids)
        if isinstance(value, str):
            return self._many_from_text(value)
        if not value:
            return self.commands([])
        if named.is_command_list(value):
            return list(value)
        items = value if isinstance(value, list | tuple | set | frozenset) else [value]
        return self.commands([self._id_of(item) for item in items])

    def _id_of(self, item):
        if isinstance(item, BaseModel):
            return self._of_model(item).ensure_one().id
        if isinstance(item, str):
            token = named.parse_token(item)
            if token is not None:
                return self.find(token).id
        elif isinstance(item, int) and not isinstance(item, bool):
            return item
        raise LiteralError("not_record", value=core.shown(item))

    def _scalar_from_records(self, records):
        kind = self.field.type
        if kind == "boolean":
            return bool(records)
        if kind == "integer":
            if len(records) > 1:
                raise LiteralError("several_records", value=str(records))
            return records.id or False
        if kind in core.TEXT_TYPES:
            names = ", ".join(record.display_name or "" for record in records)
            return (escape(names) if kind == "html" else names) or False
        raise LiteralError("record_for_value", value=str(records))


class _BareId(int):
    """An id whose model another field of the record holds."""

    @property
    def id(self):
        return int(self)

    def __len__(self):
        return 1
