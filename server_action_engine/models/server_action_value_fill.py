"""How a mapped value is obtained while the action runs."""

from odoo import models

from ..core import values as core
from . import value_paths


class ServerActionValue(models.Model):
    _inherit = "server.action.value"

    def _filler(self, eval_context, env):
        """Return how to get the value: ``(constant, value)`` or ``(needs names, function)``.

        :param eval_context: names of the run
        :param env: environment whose rights apply
        :returns: tuple ``(kind, value)``: kind ``constant`` with the value itself, ``record`` with
            a function ``record → value``, ``scope`` with a function ``(record, names) → value``
        :raises LiteralError: the value cannot be used
        """
        self.ensure_one()
        typer = self._typer(env)
        if self.operation == "clear" and typer.field.type in core.MANY_TYPES:
            return "constant", typer.commands([])
        return getattr(self, f"_filler_of_{self.value_type}")(typer, env)

    def _filler_of_value(self, typer, env):
        return "constant", typer.from_text(self.value)

    def _filler_of_reference(self, typer, env):
        return "constant", typer.from_references(self.value)

    def _filler_of_equation(self, typer, env):
        action, source = self.action_id, self.value
        what = self.env._("value of “%(field)s”", field=self._label())

        def fill(record, names):
            return typer.from_result(action._evaluate(source, names, what=what))

        return "scope", fill

    def _filler_of_template(self, typer, env):
        action, text = self.action_id, self.value or ""
        html = typer.field.type == "html"
        if typer.field.type in core.TEXT_TYPES:

            def fill(record, names):
                return action._merge_template(text, names, html=html) or False

            return "scope", fill
        parts = [part for part in action._parse_template(text).parts if not _is_space(part)]
        if len(parts) == 1 and not isinstance(parts[0], str):
            # One expression and nothing else: its value, not the way people write it.
            source = parts[0].source
            return "scope", lambda record, names: typer.from_result(
                action._evaluate(source, names, what=self.env._("template"))
            )
        return "scope", lambda record, names: typer.from_text(action._merge_template(text, names))

    def _filler_of_path(self, typer, env):
        chain = self._chain()
        value_paths.check_fit(chain, typer.field, self.env)
        read = value_paths.reader_of(chain, env[self.source_model])
        source = chain[-1]
        return "record", lambda record: typer.from_source(read(record), source)

    def _filler_of_sequence(self, typer, env):
        sequence, code = self._find_sequence()
        # Numbers are given out whatever the rights of the user; the company is the user's.
        Sequence = env["ir.sequence"].sudo()

        def fill(record):
            number = (
                Sequence.next_by_code(code) if code else Sequence.browse(sequence.id).next_by_id()
            )
            return typer.from_result(number)

        return "record", fill


def _is_space(part):
    return isinstance(part, str) and not part.strip()
