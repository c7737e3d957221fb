"""What an old definition says, in the terms of this database."""

from ..core import template
from ..core.openerp_import import python2
from ..core.openerp_import.values import Ref, Unknown
from ..models.openerp_import import CannotImport


class OpenerpSource:
    """Answers what the types ask about a definition; changes go to the report."""

    def __init__(self, env, resolver, report):
        self.env = env
        self.resolver = resolver
        self.report = report
        self.wizards = {}

    def model_names(self, value):
        """Return ``(old name, present name)`` of a model; the second is None if it is gone."""
        return self.resolver.model_names(value)

    def shown(self, value):
        """Return a value as text."""
        return self.resolver.shown(value)

    def record(self, value):
        """Return the record a value names, or None."""
        return self.resolver.record(value)

    def model(self, old):
        """Return the present name of the action's model."""
        return self._model(old, "model_id")

    def target_model(self, old):
        """Return the present name of the model that is created or written."""
        return self._model(old, self._target_field(old))

    def _target_field(self, old):
        return "crud_model_id" if old.values.get("crud_model_id") else "model_id"

    def _model(self, old, field):
        value = old.values.get(field)
        name, model = self.resolver.model_names(value)
        if model is None:
            raise CannotImport("missing_model", model=name)
        if model != name:
            self.report.changed(
                old.line_of(field), old.xml_id, "model_renamed", old=name, new=model
            )
        return model

    def _old_model(self, old, field="model_id"):
        return self.resolver.model_names(old.values.get(field))[0]

    def model_id(self, model):
        """Return the id of a model's record."""
        return self.env["ir.model"]._get_id(model)

    def expression(self, old, field, model=None):
        """Return an expression in present Python, with renamed fields replaced."""
        return self._text(old, field, old.text(field), "eval", old.line_of(field))

    def template(self, old, field):
        """Return a text with ``[[ ]]`` whose expressions are present Python."""
        text = old.values.get(field)
        try:
            parsed = template.parse(text if isinstance(text, str) else "", template.SYNTAX_OPENERP)
        except template.TemplateError as error:
            raise CannotImport("syntax", field=field, detail=str(error)) from error
        return parsed.map_expressions(
            lambda part: self._text(old, field, part, "eval", old.line_of(field))
        )

    def code(self, old, field):
        """Return a block of code in present Python."""
        source = old.values.get(field)
        source = source if isinstance(source, str) else ""
        return self._text(old, field, source, "exec", old.line_of(field))

    def _text(self, old, field, source, mode, place):
        if not source.strip():
            return ""
        modern = python2.modernise(source, mode)
        if modern.problem:
            raise CannotImport(modern.problem, field=field, detail=modern.detail)
        text = python2.rename_attributes(modern.source, self._renamed(old, field, modern, place))
        if text.strip() != python2.without_indent(source):
            code = "text_repaired" if modern.changed else "text_renamed"
            self.report.changed(place, old.xml_id, code, field=field, source=text)
        return text

    def _renamed(self, old, field, modern, place):
        """Look at the fields an expression names: return the renamed ones, report the missing."""
        renamed = {}
        for chain in python2.paths_in(modern.source):
            model = self._old_model(old)
            for position, name in enumerate(chain):
                present = self.resolver.mapping.model(model)
                if present not in self.env:
                    break
                found = self.resolver.field(name, model)
                if found is None:
                    if not hasattr(self.env.registry[present], name):
                        self.report.left_out(
                            place, old.xml_id, "missing_path",
                            field=field, path=".".join(chain), model=present,
                            hint=f"{model}.{name}",
                        )  # fmt: skip
                    break
                if found[1] != name:
                    renamed[chain[: position + 1]] = found[1]
                comodel = self.env[present]._fields[found[1]].comodel_name
                if not comodel:
                    break
                model = comodel
        return renamed

    def condition(self, old):
        condition = self.expression(old, "condition")
        return False if condition in ("", "True", "1") else condition

    def sequence(self, old, quiet=False):
        value = old.values.get("sequence", 5)
        try:
            return int(str(value).strip())
        except ValueError:
            if not quiet:
                self.report.changed(
                    old.line_of("sequence"), old.xml_id, "sequence_unknown", value=self.shown(value)
                )
            return 5

    def groups(self, old):
        ids = []
        for command in old.values.get("group_ids") or ():
            refs = command[-1] if isinstance(command, (list, tuple)) and command else [command]
            for ref in refs if isinstance(refs, (list, tuple)) else command[1:2]:
                group = self.record(ref)
                if group is not None and group._name == "res.groups":
                    ids.append(group.id)
                elif isinstance(ref, Ref):
                    self.report.left_out(
                        old.line_of("group_ids"), old.xml_id, "missing_group", group=ref.xml_id
                    )
        return ids

    def client_action(self, old, types):
        """Return the window, page or report a client action opens, or None."""
        value = old.values.get("action_id")
        target = self.record(value)
        if target is not None and target._name in types:
            return target
        name = self.shown(value)
        code = "wizard_target" if name in self.wizards else "missing_target"
        self.report.left_out(old.line_of("action_id"), old.xml_id, code, target=name or "?")
        return None

    def link_field_id(self, old):
        """Return the id of the field that keeps a new record, or False."""
        value = old.values.get("link_field_id")
        if not value:
            return False
        name, model = self.resolver.field_names(value, self._old_model(old))
        model = model or self._old_model(old)
        return self._field(old, name, model, old.line_of("link_field_id")).id

    def _field(self, old, name, model, place):
        found = self.resolver.field(name, model)
        if found is None:
            raise CannotImport("missing_field", field=name, model=model, hint=f"{model}.{name}")
        if found[1] != name:
            self.report.changed(
                place, old.xml_id, "field_renamed", old=name, new=found[1], model=found[0]
            )
        return self.env["ir.model.fields"]._get(*found)

    def value_lines(self, old, model):
        """Return the commands that create the mapped values of an action."""
        old_model = self._old_model(old, self._target_field(old))
        return [
            self._value_line(old, line, old_model, position)
            for position, line in enumerate(old.lines, 1)
        ]

    def _value_line(self, old, line, old_model, position):
        name, model = self.resolver.field_names(line.field, old_model)
        field = self._field(old, name, model or old_model, line.line)
        if isinstance(line.value, Unknown):
            raise CannotImport("value_unreadable", field=name, source=line.value.source)
        if line.kind == "equation" and isinstance(line.value, str):
            value_type = "equation"
            value = self._text(old, name, line.value, "eval", line.line)
        else:
            value_type, value = self.env["ir.actions.server"]._import_openerp_value(
                self._full_ref(line.value)
            )
        return self.env["ir.actions.server"]._import_openerp_line(
            field, value_type, value, position * 10
        )

    def _full_ref(self, value):
        """Return a reference with the module it is found under."""
        record = self.record(value) if isinstance(value, Ref) else None
        if not isinstance(value, Ref):
            return value
        if record is None:
            raise CannotImport("value_unreadable", field="value", source=value.xml_id)
        return Ref(record.get_external_id()[record.id] or value.xml_id)
