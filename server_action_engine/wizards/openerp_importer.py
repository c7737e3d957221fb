"""Turns old server actions into actions of this database, updating those imported before."""

from dataclasses import dataclass

from psycopg2 import OperationalError

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Command

from ..core.openerp_import import python2, xml_reader
from ..core.openerp_import.definitions import collect
from ..core.openerp_import.renames import Mapping
from ..core.openerp_import.report import Report
from ..core.openerp_import.unshare import unshare
from ..models.openerp_import import CannotImport
from ..models.openerp_import_messages import REASONS, sentence
from .openerp_resolver import Resolver
from .openerp_source import OpenerpSource

DEFAULT_MODULE = "__import_openerp__"
#: What Odoo says when values do not fit; anything else is a bug and stops the import.
_REFUSALS = (UserError, ValidationError, AccessError, MissingError, ValueError, TypeError)


@dataclass
class ImportResult:
    """What an import did."""

    remarks: list
    """Remarks in the order of the file."""
    actions: object
    """The actions created or updated."""
    created: int = 0
    updated: int = 0


class OpenerpImporter:
    """One import of one file, in the transaction of ``env``."""

    def __init__(self, env, module="", mapping=None):
        """:param module: first part of the external ids; "" is ``__import_openerp__``"""
        # The report says what was done; a note on each action would say it again, slowly.
        self.env = env = env(context={**env.context, "tracking_disable": True})
        self.Action = env["ir.actions.server"]
        self.module = module or DEFAULT_MODULE
        self.report = Report()
        self.imported = {}
        resolver = Resolver(env, mapping or Mapping(), self.module, self.imported)
        self.source = OpenerpSource(env, resolver, self.report)
        self.result = ImportResult([], self.Action)

    def run(self, content):
        """Import a file, all or nothing.

        :param content: bytes of the file
        :raises DataFileError: the file cannot be read
        """
        definitions = collect(xml_reader.read(content), self.report)
        self.source.wizards = definitions.wizards
        unshare(definitions, self.report)
        with self.env.cr.savepoint():
            for old in definitions.actions:
                self.imported[old.xml_id] = self._store(old)
            for old in definitions.actions:
                self._connect(old)
            for old in definitions.actions:
                self._conclude(old)
        self.result.remarks = self.report.sorted()
        self.result.actions = self.Action.union(*self.imported.values())
        return self.result

    # -- one action -------------------------------------------------------------------------------

    def _store(self, old):
        """Create or update the action with all it says about itself."""
        try:
            values = {
                **self._common_values(old),
                **self.Action._import_openerp_values(old, self.source),
            }
            with self.env.cr.savepoint():
                action = self._write(old, values)
                self.env.flush_all()
        except CannotImport as error:
            return self._keep_as_comment(old, sentence(self.env, REASONS, error.reason, error.data))
        except OperationalError:
            # Serialization and lock errors are Odoo's to retry.
            raise
        except _REFUSALS as error:
            return self._keep_as_comment(old, str(error))
        self.report.understood(
            old.line, old.xml_id, "action", name=action.name, old_type=old.state,
            new_type=self._type_label(action), model=action.model_name,
        )  # fmt: skip
        for line in old.lines:
            self.report.understood(
                line.line,
                old.xml_id,
                "value",
                field=self.source.shown(line.field),
                line_type=line.kind,
                value=self.source.shown(line.value),
            )
        return action

    def _write(self, old, values):
        action = self._known_action(old)
        if action:
            if "value_line_ids" in values or action.value_line_ids:
                values["value_line_ids"] = [Command.clear(), *values.get("value_line_ids", [])]
            action.write(values)
            self.result.updated += 1
            return action
        action = self.Action.create(values)
        module, name = self._external_name(old)
        # Not to be removed when a module of the same name is updated.
        self.env["ir.model.data"].create(
            {
                "module": module,
                "name": name,
                "model": action._name,
                "res_id": action.id,
                "noupdate": True,
            }
        )
        self.result.created += 1
        return action

    def _known_action(self, old):
        module, name = self._external_name(old)
        found = self.env.ref(f"{module}.{name}", raise_if_not_found=False)
        return found if found is not None and found._name == self.Action._name else self.Action

    def _external_name(self, old):
        """Return ``(module, name)``; ids of installed modules are not taken over."""
        module, dot, name = old.xml_id.rpartition(".")
        if not dot:
            return self.module, name
        installed = self.env["ir.module.module"].sudo().search_count([("name", "=", module)])
        return (self.module, f"{module}__{name}") if installed else (module, name)

    def _common_values(self, old):
        model = self.source.model(old)
        values = {
            "name": old.text("name") or old.xml_id,
            "model_id": self.source.model_id(model),
            "sequence": self.source.sequence(old),
            "condition": self.source.condition(old),
            "group_ids": [Command.set(self.source.groups(old))],
        }
        if old.bound or old.values.get("binding_model_id"):
            values.update(binding_model_id=values["model_id"], binding_type="action")
        if old.text("help"):
            values["help"] = old.text("help")
        return values

    def _keep_as_comment(self, old, reason):
        """Keep a definition that cannot run as an action that does nothing."""
        shown = self.source.shown
        lines = [f"{key}: {shown(value)}" for key, value in old.values.items()]
        lines += [
            f"value: {shown(line.field)} ({line.kind}) = {shown(line.value)}" for line in old.lines
        ]
        lines += [f"child: {shown(child)}" for child in old.children]
        note = self.env._(
            "Imported from OpenERP. This action of type “%(type)s” does nothing: %(reason)s",
            type=old.state,
            reason=reason,
        )
        _old, model = self.source.model_names(old.values.get("model_id"))
        action = self._write(
            old,
            {
                "name": old.text("name") or old.xml_id,
                "model_id": self.source.model_id(model or self.Action._name),
                "state": "code",
                "code": python2.commented("\n".join([note, "", *lines])) + "\n",
                "sequence": self.source.sequence(old, quiet=True),
                "condition": False,
            },
        )
        self.report.left_out(
            old.line, old.xml_id, "kept_as_comment",
            name=action.name, old_type=old.state, reason=reason,
        )  # fmt: skip
        return action

    # -- between actions --------------------------------------------------------------------------

    def _connect(self, old):
        action = self.imported[old.xml_id]
        if action.state == "multi" and old.state == "multi":
            self._connect_children(old, action)
        if action.state == "loop" and old.values.get("loop_action"):
            self._connect_body(old, action)

    def _connect_body(self, old, action):
        place = old.line_of("loop_action")
        body = self.source.record(old.values["loop_action"])
        if body is None or body._name != self.Action._name:
            target = self.source.shown(old.values["loop_action"])
            self.report.left_out(place, old.xml_id, "missing_loop_action", target=target)
            return
        self._try(place, old, lambda: action.write({"loop_action_id": body.id}))

    def _connect_children(self, old, parent):
        place = old.line_of("child_ids")
        children = self.Action
        for ref in old.children:
            child = self.source.record(ref)
            if child is None or child._name != self.Action._name:
                self.report.left_out(
                    place, old.xml_id, "missing_child", child=self.source.shown(ref)
                )
                continue
            children |= self._own_child(old, parent, child, ref)
        (parent.child_ids - children).write({"parent_id": False})
        for child in children:
            self._try(place, old, lambda child=child: self._adopt(old, parent, child))

    def _own_child(self, old, parent, child, ref):
        """Return the child itself, or a copy if an action outside the file has it already."""
        if ref.xml_id in self.imported or child.parent_id in (self.Action, parent):
            return child
        place = old.line_of("child_ids")
        self.report.changed(place, old.xml_id, "child_copied", child=ref.xml_id)
        return child.copy({"name": child.name, "parent_id": False})

    def _adopt(self, old, parent, child):
        place = old.line_of("child_ids")
        values = {"parent_id": parent.id}
        if child.model_id != parent.model_id:
            self.report.changed(
                place, old.xml_id, "child_model",
                child=child.name, old=child.model_name, new=parent.model_name,
            )  # fmt: skip
            values["model_id"] = parent.model_id.id
        if child.group_ids != parent.group_ids:
            self.report.changed(place, old.xml_id, "child_groups", child=child.name)
            values["group_ids"] = [Command.set(parent.group_ids.ids)]
        child.write(values)

    def _try(self, place, old, change):
        """Make a change, or say why it is refused (a cycle, a model that does not fit)."""
        try:
            with self.env.cr.savepoint():
                change()
                self.env.flush_all()
        except OperationalError:
            # Serialization and lock errors are Odoo's to retry.
            raise
        except _REFUSALS as error:
            self.report.left_out(place, old.xml_id, "refused", reason=str(error))

    def _conclude(self, old):
        action = self.imported[old.xml_id]
        if action.warning:
            self.report.left_out(
                old.line, old.xml_id, "not_ready", name=action.name, warning=action.warning
            )
        if action.state == "multi" and action.multi_client_count > 1:
            self.report.changed(old.line, old.xml_id, "multi_result")

    def _type_label(self, action):
        return dict(action._fields["state"]._description_selection(self.env))[action.state]
