"""Turns the workflows of an old data file into workflows of this database."""

from psycopg2 import OperationalError

from odoo.exceptions import UserError
from odoo.tools import str2bool

from odoo.addons.server_action_engine.core.openerp_import.values import (
    Ref,
    RefText,
    Search,
    Unknown,
)
from odoo.addons.server_action_engine.wizards.openerp_importer import OpenerpImporter

from ..core.openerp import ACTIVITY, PYTHON, ROLE, TRANSITION, WORKFLOW, modern_lines

#: What a part cannot be without.
_OWNERS = {ACTIVITY: ("wkf_id",), TRANSITION: ("act_from", "act_to"), ROLE: (), WORKFLOW: ()}
#: What keeps people from taking a transition: without it, everybody could.
_GUARDS = frozenset({"group_id", "role_id"})
_MODEL_NAMES = frozenset({"osv", "trigger_model"})
_PRESENT = {ROLE: "workflow.role"}


class _LeftOutError(Exception):
    """The part cannot be taken over; the report says why."""


class WorkflowImporter:
    """One import of the workflows of one file, in the transaction of ``env``."""

    def __init__(self, env, module, mapping):
        base = OpenerpImporter(env, module, mapping)
        self.env = base.env
        self.report = base.report
        self.imported = base.imported
        self.resolver = base.source.resolver
        self.external_name = base._external_name

    def run(self, found):
        """Take over what :func:`~..core.openerp.collect` has found.

        :returns: the workflows created or updated
        """
        for element in found.elements:
            self._store(element)
        for signal in found.signals:
            self._send(signal)
        for button in found.buttons:
            self.report.changed(
                button.line, button.view, "wkf_button", view=button.view, new=button.new
            )
        workflows = self.env[WORKFLOW].union(
            *(one for one in self.imported.values() if one._name == WORKFLOW)
        )
        lines = {one.xml_id: one.line for one in found.elements}
        for xml_id, record in self.imported.items():
            if record._name == WORKFLOW:
                self._tell_of(record, lines[xml_id], xml_id)
        return workflows

    def _tell_of(self, workflow, line, xml_id):
        version = workflow.draft_version_id or workflow.current_version_id
        self.report.understood(
            line, xml_id, "wkf_workflow", name=workflow.name, model=workflow.osv,
            activities=len(version.activity_ids), transitions=len(version.transition_ids),
        )  # fmt: skip

    # -- records --------------------------------------------------------------------------------

    def _store(self, element):
        model = self.env[_PRESENT.get(element.model, element.model)]
        try:
            values = self._values(element, model)
            with self.env.cr.savepoint():
                self.imported[element.xml_id] = self._write(element, model, values)
        except _LeftOutError:
            return
        except OperationalError:
            # Serialization and lock errors are Odoo's to retry.
            raise
        except (UserError, ValueError, TypeError) as exc:
            self.report.left_out(element.line, element.xml_id, "wkf_refused", reason=str(exc))
            return
        if element.model == ROLE:
            self.report.understood(
                element.line, element.xml_id, "wkf_role", name=values.get("name")
            )

    def _write(self, element, model, values):
        module, name = self.external_name(element)
        known = self.env.ref(f"{module}.{name}", raise_if_not_found=False)
        if known is not None and known._name == model._name:
            known._load_records_write(values)
            return known
        if model._name == WORKFLOW:
            # As a file that is loaded: it publishes itself in the profile of the old engine.
            model = model.with_context(default_profile=False)
        record = model.create(values)
        self.env["ir.model.data"].create(
            {
                "module": module,
                "name": name,
                "model": record._name,
                "res_id": record.id,
                # Not to be removed when a module of the same name is updated.
                "noupdate": True,
            }
        )
        return record

    def _values(self, element, model):
        values = {}
        for name, value in element.values.items():
            if name not in model._fields:
                self._left_out(element, "wkf_unknown_field", field=name)
            elif isinstance(value, Unknown):
                self._left_out(element, "wkf_not_evaluated", field=name, source=value.source)
            elif isinstance(value, (Ref, RefText, Search)):
                values.update(self._reference(element, model, name, value))
            else:
                values[name] = self._plain(element, model, name, value)
        for name in _OWNERS[element.model]:
            if not values.get(name):
                shown = self.resolver.shown(element.values.get(name))
                self._left_out(element, "wkf_missing_part", target=shown)
                raise _LeftOutError
        return values

    def _plain(self, element, model, name, value):
        kind = model._fields[name].type
        if name in _MODEL_NAMES and value:
            return self._model_name(element, value)
        if name in PYTHON and isinstance(value, str):
            return self._python(element, name, value)
        if kind == "boolean" and isinstance(value, str):
            return str2bool(value)
        if kind == "integer" and isinstance(value, str):
            return int(value)
        return value

    def _model_name(self, element, old):
        new = self.resolver.mapping.model(old)
        if new not in self.env:
            self._left_out(element, "wkf_missing_model", model=old)
            raise _LeftOutError
        if new != old:
            self.report.changed(element.line, element.xml_id, "wkf_model_renamed", old=old, new=new)
        return new

    def _python(self, element, name, text):
        modern, problems = modern_lines(text)
        for problem in problems:
            self._left_out(element, "wkf_python_problem", field=name, problem=problem)
        if not problems and modern != "\n".join(line.strip() for line in text.splitlines()):
            self.report.changed(
                element.line, element.xml_id, "wkf_python", field=name, source=modern
            )
        return modern

    def _reference(self, element, model, name, value):
        """Return the values for a reference; one that is missing is listed."""
        record = self.resolver.record(value)
        shown = self.resolver.shown(value)
        comodel = model._fields[name].comodel_name
        if record is not None and record._name == comodel:
            return {name: record.id}
        if name in _OWNERS[element.model]:
            return {}
        if name in _GUARDS:
            # A transition must not be open to everybody because its guard has gone.
            role = self._role_for(shown)
            self._left_out(element, "wkf_missing_guard", target=shown, role=role.name)
            return {"role_id": role.id}
        self._left_out(element, "wkf_missing_reference", field=name, target=shown)
        return {}

    def _role_for(self, name):
        roles = self.env["workflow.role"]
        return roles.search([("name", "=", name)], limit=1) or roles.create({"name": name})

    def _left_out(self, element, code, **data):
        self.report.left_out(element.line, element.xml_id, code, **data)

    # -- signals --------------------------------------------------------------------------------

    def _send(self, tag):
        record = self.resolver.record(Ref(tag.ref)) if tag.ref else None
        if record is None or record._name != self.resolver.mapping.model(tag.model):
            self.report.left_out(
                tag.line, "", "wkf_signal_missing", signal=tag.signal, target=tag.ref or tag.model
            )
            return
        answer = record.workflow_signal_report(tag.signal)[record.id]
        data = {"signal": tag.signal, "target": tag.ref}
        if answer["reason"]:
            self.report.left_out(
                tag.line, "", "wkf_signal_refused", reason=answer["message"], **data
            )
        else:
            self.report.understood(tag.line, "", "wkf_signal", **data)
