"""Type ``dummy``: does nothing but say so, in the run log and in the server's log."""

import logging

from odoo import fields, models

from ..core.frames import state_of

_logger = logging.getLogger(__name__)

#: Messages kept per batch; the rest is counted.
MAX_MESSAGES = 100


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("dummy", "Log a Message"), ("multi",)],
        ondelete={"dummy": lambda actions: actions._on_type_removed("dummy")},
    )
    dummy_message = fields.Text(
        string="Message",
        help="Written to the run log and to the server's log, once for each record. Values of "
        "the record go between double brackets: Order [[ object.name ]] is late.",
    )

    def _name_depends(self):
        return [*super()._name_depends(), "dummy_message"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "dummy" and self.dummy_message:
            line = self.dummy_message.strip().partition("\n")[0]
            return self.env._("Log “%(message)s”", message=_shorten(line))
        return super()._generate_action_name()

    def _warning_depends(self):
        return [*super()._warning_depends(), "dummy_message"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "dummy" and (problem := self._template_problem(self.dummy_message)):
            warnings.append(
                self.env._("The message cannot be merged: %(problem)s", problem=problem)
            )
        return warnings

    def _run_action_dummy_multi(self, eval_context=None):
        """Log the merged message of each record. Always answers False."""
        records = eval_context["records"]
        messages = self._dummy_messages(records, eval_context)
        frame = state_of(self.env.cr).current
        if frame is not None:
            frame.messages.extend(messages)
        for message in messages:
            _logger.info("%s (%s): %s", self.name, self.id, message)
        return False

    def _dummy_messages(self, records, eval_context):
        text = self.dummy_message or self.name or ""
        if not self._parse_template(text).expressions:
            return [text]
        if not records:
            return [self._merge_template(text, dict(eval_context))]
        messages = [
            self._merge_template(text, self._eval_scope(eval_context, record))
            for record in records[:MAX_MESSAGES]
        ]
        if len(records) > MAX_MESSAGES:
            messages.append(
                self.env._("… and %(count)s more records", count=len(records) - MAX_MESSAGES)
            )
        return messages


def _shorten(text, length=40):
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
