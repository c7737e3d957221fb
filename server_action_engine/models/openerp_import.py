"""What each old type becomes. Addons add or replace ``_import_openerp_<type>``."""

from odoo import api, models
from odoo.fields import Command

from ..core.openerp_import.values import Ref
from .ir_actions_server_client import CLIENT_ACTION_TYPES

#: Old type → the addon that brings it back.
ADDONS = {"email": "smtp_mail_action", "sms": "sms_action", "trigger": "workflow_engine"}


class CannotImport(Exception):
    """The definition cannot run here and is kept as a comment.

    :param reason: key of ``openerp_import_messages.REASONS``
    :param data: values named in the sentence
    """

    def __init__(self, reason, **data):
        super().__init__(reason)
        self.reason = reason
        self.data = data


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _import_openerp_values(self, old, source):
        """Return the values of the action an old definition becomes.

        :param old: :class:`~..core.openerp_import.definitions.OldAction`
        :param source: the running import, which resolves names (``OpenerpSource``)
        :raises CannotImport: it cannot run in this database
        """
        method = getattr(self, f"_import_openerp_{old.state}", None)
        if method is None:
            if old.state in ADDONS:
                raise CannotImport("missing_type", old_type=old.state, addon=ADDONS[old.state])
            raise CannotImport("unknown_type", old_type=old.state)
        return method(old, source)

    @api.model
    def _import_openerp_dummy(self, old, source):
        return {"state": "dummy"}

    @api.model
    def _import_openerp_multi(self, old, source):
        return {"state": "multi"}

    @api.model
    def _import_openerp_code(self, old, source):
        return {"state": "code", "code": source.code(old, "code")}

    @api.model
    def _import_openerp_loop(self, old, source):
        return {"state": "loop", "loop_expression": source.expression(old, "expression")}

    @api.model
    def _import_openerp_client(self, old, source):
        target = source.client_action(old, CLIENT_ACTION_TYPES)
        return {"state": "client", "client_action_id": target.id if target else False}

    @api.model
    def _import_openerp_email(self, old, source):
        """Odoo 8–10 sent a template; the free text of OpenERP 5–7 needs an addon."""
        template = source.record(old.values.get("template_id"))
        if template is None or template._name != "mail.template":
            raise CannotImport("missing_type", old_type="email", addon=ADDONS["email"])
        return {"state": "mail_post", "mail_post_method": "email", "template_id": template.id}

    # -- records --------------------------------------------------------------------------------

    @api.model
    def _import_openerp_object_create(self, old, source):
        if old.text("use_create").startswith("copy_"):
            return self._import_openerp_object_copy(old, source)
        other = old.text("use_create") in ("", "new_other")
        model = source.target_model(old) if other else source.model(old)
        return {
            "state": "object_create",
            "crud_model_id": source.model_id(model),
            "value_line_ids": source.value_lines(old, model),
            "record_field_id": source.link_field_id(old),
        }

    @api.model
    def _import_openerp_object_write(self, old, source):
        model = source.target_model(old)
        values = {"state": "object_write", "write_target": "record", "write_expression": False}
        use = old.text("use_write")
        if use == "other":
            record = source.record(old.values.get("ref_object"))
            if record is None:
                target = source.shown(old.values.get("ref_object"))
                raise CannotImport("missing_copy", target=target)
            model = record._name
            values["write_expression"] = f"env[{model!r}].browse({record.id})"
        elif use in ("", "expression") and old.text("write_expression"):
            values["write_expression"] = source.expression(old, "write_expression", model=model)
        elif model != source.model(old):
            raise CannotImport("same_id", model=model)
        if values["write_expression"]:
            values.update(write_target="expression", crud_model_id=source.model_id(model))
        values["value_line_ids"] = source.value_lines(old, model)
        return values

    @api.model
    def _import_openerp_object_copy(self, old, source):
        values = {"state": "object_copy", "resource_ref": False}
        model = source.model(old)
        if old.text("use_create") != "copy_current":
            original = source.record(old.values.get("ref_object"))
            if original is None:
                target = source.shown(old.values.get("ref_object"))
                raise CannotImport("missing_copy", target=target)
            model = original._name
            values["resource_ref"] = f"{model},{original.id}"
        return {
            **values,
            "crud_model_id": source.model_id(model),
            "value_line_ids": source.value_lines(old, model),
            "record_field_id": source.link_field_id(old),
        }

    @api.model
    def _import_openerp_value(self, value):
        """Return ``(value_type, text)`` of a literal of a data file."""
        if isinstance(value, Ref):
            return "reference", value.xml_id
        if isinstance(value, bool):
            return "value", "true" if value else "false"
        return "value", "" if value is None else str(value)

    @api.model
    def _import_openerp_line(self, field, value_type, value, sequence):
        """Return the command that creates one mapped value."""
        return Command.create(
            {"field_id": field.id, "value_type": value_type, "value": value, "sequence": sequence}
        )
