"""Finds in this database what an old data file names."""

from ..core.openerp_import.values import Ref, RefText, Search, Unknown


class Resolver:
    """Resolves external ids, models and fields, through the mapping of renamed names."""

    def __init__(self, env, mapping, module, imported):
        """:param imported: dict external id as written → record of the running import"""
        self.env = env
        self.mapping = mapping
        self.module = module
        self.imported = imported
        self._by_table = None

    # -- records ----------------------------------------------------------------------------------

    def record(self, value):
        """Return the record a value names, or None."""
        if isinstance(value, RefText):
            found = self.record(value.ref)
            model = value.before.rpartition(",")[0]
            return found if found is not None and self.mapping.model(model) == found._name else None
        if isinstance(value, Search):
            return self._search(value)
        if not isinstance(value, Ref):
            return None
        if value.xml_id in self.imported:
            return self.imported[value.xml_id]
        name = self.mapping.xml_id(value.xml_id)
        names = [name] if "." in name else [f"{self.module}.{name}", f"base.{name}"]
        for candidate in names:
            if found := self.env.ref(candidate, raise_if_not_found=False):
                return found
        return None

    def _search(self, search):
        model = self.mapping.model(search.model)
        if model not in self.env or isinstance(search.domain, Unknown):
            return None
        try:
            found = self.env[model].search(search.domain, limit=2)
        except (ValueError, KeyError, TypeError):
            return None
        return found if len(found) == 1 else None

    # -- models -----------------------------------------------------------------------------------

    def model_names(self, value):
        """Return ``(old name, present name)`` of the model a value names, or (text, None)."""
        old = self._old_model_name(value)
        if old is None:
            return self.shown(value), None
        new = self.mapping.model(old)
        return old, new if new in self.env else None

    def _old_model_name(self, value):
        if isinstance(value, Search):
            leaves = value.domain if isinstance(value.domain, list) else []
            names = [leaf[2] for leaf in leaves if leaf[0] == "model" and leaf[1] == "="]
            return names[0] if names else None
        if isinstance(value, str):
            return value.strip() or None
        if not isinstance(value, Ref):
            return None
        record = self.record(value)
        if record is not None and record._name == "ir.model":
            return record.model
        leaf = value.xml_id.rpartition(".")[2]
        if not leaf.startswith("model_"):
            return None
        table = leaf.removeprefix("model_")
        return self._tables().get(table, table.replace("_", "."))

    def _tables(self):
        """Model names by their spelling in external ids, old ones included."""
        if self._by_table is None:
            from ..core.openerp_import.renames import MODELS

            names = [*self.env.registry, *MODELS, *self.mapping.names]
            self._by_table = {name.replace(".", "_"): name for name in names}
        return self._by_table

    # -- fields -----------------------------------------------------------------------------------

    def field_names(self, value, old_model):
        """Return ``(old field name, its old model)`` a value names, or (text, None)."""
        if isinstance(value, Search):
            leaves = value.domain if isinstance(value.domain, list) else []
            names = {leaf[0]: leaf[2] for leaf in leaves if len(leaf) == 3}
            model = names.get("model") or names.get("model_id.model") or old_model
            return (names["name"], model) if "name" in names else (self.shown(value), None)
        if isinstance(value, str) and value.strip():
            return value.strip(), old_model
        if isinstance(value, Ref):
            return self._field_of_xml_id(value, old_model)
        return self.shown(value), None

    def _field_of_xml_id(self, value, old_model):
        record = self.record(value)
        if record is not None and record._name == "ir.model.fields":
            return record.name, record.model
        leaf = value.xml_id.rpartition(".")[2]
        if not leaf.startswith("field_"):
            return self.shown(value), None
        leaf = leaf.removeprefix("field_")
        table, mark, name = leaf.partition("__")
        if mark:
            return name, self._tables().get(table, table.replace("_", "."))
        # One underscore separates both: the model is known, or the longest that fits.
        tables = [old_model.replace(".", "_"), self.mapping.model(old_model).replace(".", "_")]
        fitting = (name for name in self._tables() if leaf.startswith(f"{name}_"))
        for table in [*tables, *sorted(fitting, key=len, reverse=True)]:
            if leaf.startswith(f"{table}_"):
                return leaf[len(table) + 1 :], self._tables().get(table, table.replace("_", "."))
        return leaf, None

    def field(self, name, old_model):
        """Return ``(present model, present name)`` of a field, or None if there is none."""
        model = self.mapping.model(old_model)
        if model not in self.env:
            return None
        new = self.mapping.field_name(old_model, name)
        return (model, new) if new in self.env[model]._fields else None

    @staticmethod
    def shown(value):
        """Return a value as a text for the report."""
        if isinstance(value, Ref):
            return value.xml_id
        if isinstance(value, RefText):
            return f"{value.before}{value.ref.xml_id}{value.after}"
        if isinstance(value, Search):
            return f"{value.model} {value.domain}"
        if isinstance(value, Unknown):
            return value.source
        return "" if value is None else str(value)
