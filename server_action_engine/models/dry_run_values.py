"""Database values as people read them, without what they may not see."""

import json

from odoo import fields
from odoo.tools import html2plaintext
from odoo.tools.misc import format_date

from ..core.redact import HIDDEN, MAX_VALUE, FieldFacts, may_keep, scrub, shorten


class ValueReader:
    """Turns column values into text; names of related records are read once per record.

    Names are collected while the records exist – inside the dry run for new ones.
    """

    def __init__(self, env):
        self.env = env(su=True)
        self._names = {}

    def load_names(self, model_name, ids):
        """Read the display names of records for later."""
        known = self._names.setdefault(model_name, {})
        missing = sorted({res_id for res_id in ids if res_id and res_id not in known})
        if not missing or model_name not in self.env:
            return
        try:
            # A display name may be computed by anything, and must not end the dry run.
            with self.env.cr.savepoint(flush=False):
                for record in self.env[model_name].browse(missing).exists():
                    known[record.id] = record.display_name or ""
        except Exception:  # noqa: BLE001 - the ids are shown instead
            self.env.invalidate_all(flush=False)

    def load_names_of_rows(self, model, rows):
        """Read the names of all records that rows of a model point to."""
        for name, field in model._fields.items():
            if field.type == "many2one" and field.store and field.column_type:
                ids = [self._one_of_many(field, row.get(name)) for row in rows]
                self.load_names(field.comodel_name, ids)

    def name(self, model_name, res_id):
        """Return the display name of a record, or its id."""
        return self._names.get(model_name, {}).get(res_id) or f"#{res_id}"

    def is_hidden(self, field):
        """Tell whether values of the field may not be shown."""
        return not may_keep(FieldFacts(field.name, field.type, bool(field.groups)))

    def text(self, field, value):
        """Return the text of a column value; None when it is empty.

        :param field: the Odoo field, or None for a column that belongs to no field
        """
        if value is None or (field is not None and value is False and field.type != "boolean"):
            return None
        if field is None:
            return shorten(scrub(str(value)), MAX_VALUE)
        value = self._one_of_many(field, value)
        if value is None:
            return None
        if self.is_hidden(field):
            return HIDDEN
        reader = getattr(self, f"_text_of_{field.type}", None)
        return shorten(scrub(reader(field, value) if reader else str(value)), MAX_VALUE)

    def _one_of_many(self, field, value):
        """Pick what the reader sees of translated and company-dependent columns."""
        if not isinstance(value, dict):
            return value
        if field.company_dependent:
            return value.get(str(self.env.company.id))
        if field.translate:
            return value.get(self.env.lang or "en_US") or value.get("en_US")
        return value

    def _text_of_many2one(self, field, value):
        return self.name(field.comodel_name, value)

    def _text_of_boolean(self, field, value):
        return self.env._("Yes") if value else self.env._("No")

    def _text_of_selection(self, field, value):
        return str(dict(field._description_selection(self.env)).get(value, value))

    def _text_of_date(self, field, value):
        return format_date(self.env, value)

    def _text_of_datetime(self, field, value):
        local = fields.Datetime.context_timestamp(self.env.user, fields.Datetime.to_datetime(value))
        return f"{format_date(self.env, local.date())} {local:%H:%M:%S}"

    def _text_of_html(self, field, value):
        return html2plaintext(str(value)).strip()

    def _text_of_float(self, field, value):
        digits = field.get_digits(self.env)
        return f"{value:.{digits[1]}f}" if digits else f"{value:g}"

    def _text_of_monetary(self, field, value):
        return f"{value:.2f}"

    def _text_of_json(self, field, value):
        return json.dumps(value, ensure_ascii=False, default=str)

    _text_of_properties = _text_of_json
    _text_of_properties_definition = _text_of_json
