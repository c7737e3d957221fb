"""Rows of the database as changes of records."""

from odoo import models

from ..core.redact import HIDDEN, looks_secret, shorten

#: Tables that keep books; how many rows is enough to know.
TECHNICAL = frozenset(
    {
        "bus_bus",
        "ir_cron_trigger",
        "ir_model_data",
        "ir_attachment",
        "mail_followers",
        "mail_notification",
        "mail_tracking_value",
        "mail_message_res_partner_rel",
        "mail_followers_mail_message_subtype_rel",
        "mail_mail_res_partner_rel",
        "mail_mail",
        "sms_tracker",
        "server_action_task_group",
    }
)


class RowDescriber:
    """Describes rows of any table as people know them: as records, fields and links."""

    def __init__(self, env, records, reader):
        """:param records: the records of the dry run; their model's view of links is preferred"""
        self.env = env
        self._model_name = records._name
        self.reader = reader
        self._by_table = {
            model._table: name
            for name, model in self.env.registry.items()
            if model._auto and not model._abstract
        }
        self._relations = self._collect_relations()

    def is_relation(self, table):
        """Tell whether the table holds the links of a many-to-many field."""
        return table.table in self._relations

    def load_names(self, table, rows):
        """Read the names rows of ``table`` need, while the records are there."""
        model = self.model_of(table)
        if model is not None:
            self.reader.load_names(model._name, rows)
            self.reader.load_names_of_rows(model, rows.values())
        elif table.table in self._relations:
            field = self._relations[table.table]
            self.reader.load_names(field.model_name, [key[0] for key in self._pairs(table, rows)])
            self.reader.load_names(field.comodel_name, [key[1] for key in self._pairs(table, rows)])

    def model_of(self, table):
        """Return the empty recordset of the table's model, or None."""
        name = self._by_table.get(table.table)
        return self.env[name] if name and table.key == ("id",) else None

    def _collect_relations(self):
        """Map tables of many-to-many fields to one of their fields, best one of this model."""
        found = {}
        for name, model in self.env.registry.items():
            for field in model._fields.values():
                if field.type == "many2many" and field.store and not model._abstract:
                    known = found.setdefault(field.relation, field)
                    if name == self._model_name and known.model_name != name:
                        found[field.relation] = field
        return found

    def _pairs(self, table, rows):
        """Return ``(record id, related id)`` of rows of a many-to-many table."""
        field = self._relations[table.table]
        for key, row in rows.items():
            if isinstance(row, dict) and field.column1 in row:
                yield row.get(field.column1), row.get(field.column2)
            elif isinstance(key, tuple):
                named = dict(zip(table.key, key, strict=True))
                yield named.get(field.column1), named.get(field.column2)

    def _entry(self, model, res_id, values):
        return {
            "model": model._name,
            "model_label": model._description,
            "id": res_id,
            "name": self.reader.name(model._name, res_id),
            "fields": values,
        }

    def _value(self, model, column, before, after):
        field = model._fields.get(column)
        hidden = self.reader.is_hidden(field) if field is not None else looks_secret(column)
        return {
            "name": column,
            "label": field._description_string(self.env) if field is not None else column,
            "before": HIDDEN if hidden else self.reader.text(field, before),
            "after": HIDDEN if hidden else self.reader.text(field, after),
        }

    def changed_records(self, model, changed):
        """Describe changed rows: ``{id: {column: (before, after)}}``."""
        for res_id, columns in changed.items():
            values = [
                self._value(model, column, before, after)
                for column, (before, after) in columns.items()
            ]
            # A translated column may differ in another language only.
            shown = [
                value
                for value in values
                if value["before"] != value["after"] or value["before"] == HIDDEN
            ]
            if shown:
                yield self._entry(model, res_id, shown)

    def records(self, model, rows, side):
        """Describe new rows (``side`` 1) or rows that are gone (``side`` 0)."""
        for res_id, row in rows.items():
            values = []
            for column, value in row.items():
                if value not in (None, False, "", 0) and not self._follows(model, column):
                    shown = self._value(model, column, *((value, None), (None, value))[side])
                    # The side that does not exist is empty, not hidden.
                    shown["before" if side else "after"] = None
                    values.append(shown)
            yield self._entry(model, res_id, values)

    @staticmethod
    def _follows(model, column):
        """Tell whether a value of a new record says nothing by itself: bookkeeping, computed."""
        field = model._fields.get(column)
        return column in (*models.MAGIC_COLUMNS, "parent_path") or bool(
            field is not None and field.compute and field.readonly
        )

    def changed_relations(self, tables):
        """Links added and removed, as changes of the records' fields."""
        for table in tables:
            if table.table not in self._relations or table.table in TECHNICAL:
                continue
            field = self._relations[table.table]
            model = self.env[field.model_name]
            found = {}
            for rows, sign in ((table.changes.created, "+"), (table.changes.deleted, "−")):
                for res_id, related in self._pairs(table, rows):
                    name = self.reader.name(field.comodel_name, related)
                    found.setdefault(res_id, []).append(f"{sign} {name}")
            for res_id, names in found.items():
                hidden = self.reader.is_hidden(field)
                text = HIDDEN if hidden else shorten(", ".join(names), 500)
                yield self._entry(
                    model,
                    res_id,
                    [
                        {
                            "name": field.name,
                            "label": field._description_string(self.env),
                            "before": None,
                            "after": text,
                        }
                    ],
                )
