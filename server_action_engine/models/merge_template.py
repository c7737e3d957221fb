"""Merge templates in texts of actions: ``[[ object.name ]]`` and ``{{ object.name }}``."""

import datetime
from functools import cached_property

import pytz
from markupsafe import Markup, escape

from odoo import api, models
from odoo.tools import format_amount, format_datetime, format_time, html2plaintext
from odoo.tools.misc import format_date, get_lang
from odoo.tools.translate import code_translations

from ..core import template as merge

#: Names of the evaluation scope that hold records, which are read in the template's language.
_RECORD_NAMES = ("record", "records", "object", "obj", "parent")
_WORDS = ("Yes", "No")
#: Decimals of a float that belongs to no field: at least two (amounts), at most six.
_MIN_DECIMALS = 2
_MAX_DECIMALS = 6


class _FieldValue:
    """A value together with the field it was read from."""

    __slots__ = ("field", "record", "value")

    def __init__(self, value, field, record):
        self.value = value
        self.field = field
        self.record = record


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _merge_template(self, text, eval_scope, lang=None, tz=None, html=False, escape=None):
        """Return ``text`` with its expressions replaced by their values.

        Dates, times, numbers and amounts are printed as the language and the time zone want
        them, records by their display name, yes/no fields as words. 0 prints 0; an empty value
        prints nothing, or the text behind ``|||``.

        :param text: a text with ``[[ expression ]]`` and ``{{ expression }}``, may be empty
        :param eval_scope: dict of names, see :meth:`_eval_scope`; left as it is
        :param lang: language code; None takes the one of the environment
        :param tz: name of a time zone; None takes the one of the environment
        :param html: ``text`` is HTML: values are escaped, HTML fields go in as they are
        :param escape: function text → text applied to each printed value, for other targets
        :returns: str, or Markup when ``html``
        :raises ConfigurationError: an expression is wrong; names action, expression and cause
        """
        text = text or ""
        template = self._parse_template(text, html)
        if not template.expressions:
            # The author's own HTML; only values have to be escaped.
            return Markup(text) if html else text  # noqa: S704
        printer = _Printer(self.env, lang, tz, html)
        names = printer.localize(eval_scope)
        what = self.env._("template")

        def evaluate(source):
            return printer.with_field(source, lambda part: self._evaluate(part, names, what=what))

        show = (lambda value: escape(printer.print(value))) if escape else printer.print
        rendered = template.render(evaluate, show)
        return Markup(rendered) if html else rendered  # noqa: S704 - the printer has escaped

    def _parse_template(self, text, html=False):
        try:
            return merge.parse(str(text), html=html)
        except merge.TemplateError as error:
            raise self._template_error(error) from error

    def _template_error(self, error):
        return merge.ConfigurationError(
            self.env._(
                "The template of the action “%(action)s” cannot be used: the expression "
                "“%(expression)s” in line %(line)s is wrong: %(cause)s",
                action=self.sudo().name or self.env._("new action"),
                expression=error.expression,
                line=error.line,
                cause=error.cause,
            )
        )

    @api.model
    def _template_problem(self, text, html=False):
        """Return what is wrong with a template, or an empty string; nothing is evaluated."""
        try:
            template = merge.parse(text or "", html=html)
        except merge.TemplateError as error:
            return str(error)
        for expression in template.expressions:
            if problem := self._check_source(expression.source):
                return f"{expression.text}: {problem}"
        return ""


class _Printer:
    """Prints values for one language and time zone."""

    def __init__(self, env, lang, tz, html):
        self.env = env
        self.lang = get_lang(env, lang)
        self.lang_code = self.lang.code
        self.tz = tz or env.context.get("tz") or env.user.tz or "UTC"
        self.html = html

    @cached_property
    def words(self):
        """English words of the web client → the printer's language.

        That language need not be the user's, and the web client knows these in all of them.
        """
        messages = code_translations.get_web_translations("web", self.lang_code)["messages"]
        return {entry["id"]: entry["string"] for entry in messages if entry["id"] in _WORDS}

    def localize(self, scope):
        """Return the names with records that read translated fields in the printer's language."""
        names = dict(scope)
        # Most of the names stand for the same records, and there is a text for each of many.
        known = {}
        for name in _RECORD_NAMES:
            records = names.get(name)
            if (
                isinstance(records, models.BaseModel)
                and records.env.context.get("lang") != self.lang_code
            ):
                if id(records) not in known:
                    known[id(records)] = records.with_context(lang=self.lang_code)
                names[name] = known[id(records)]
        return names

    def with_field(self, source, evaluate):
        """Evaluate ``source``, keeping the field a path such as ``object.date_due`` ends at."""
        shape = merge.shape_of(source)
        if shape.is_boolean:
            return self._yes_no(bool(evaluate(source)))
        if shape.base:
            record = evaluate(shape.base)
            if isinstance(record, models.BaseModel) and shape.attribute in record._fields:
                field = record._fields[shape.attribute]
                # Through the evaluation, which refuses what code may not touch.
                value = evaluate(source)
                return _FieldValue(value, field, record) if len(record) == 1 else value
        return evaluate(source)

    def print(self, value):
        """Return the text of a value, "" for an empty one; escaped when the target is HTML."""
        if isinstance(value, _FieldValue):
            return self._escape(self._print_field(value))
        return self._escape(self._print_plain(value))

    def _escape(self, text):
        if self.html:
            return str(escape(text))
        return html2plaintext(text) if isinstance(text, Markup) else str(text)

    def _yes_no(self, value):
        return self.words.get("Yes", "Yes") if value else self.words.get("No", "No")

    def _print_field(self, bound):
        field, record, value = bound.field, bound.record, bound.value
        if field.type == "boolean":
            return self._yes_no(value)
        if field.type == "monetary":
            currency_field = field.get_currency_field(record)
            currency = record[currency_field] if currency_field else None
            if currency:
                return format_amount(self.env, value or 0.0, currency, self.lang_code)
        if field.type in ("float", "monetary"):
            digits = field.get_digits(self.env) if field.type == "float" else None
            return self._number(value or 0.0, digits[1] if digits else _MIN_DECIMALS)
        if field.type == "integer":
            return str(value) if field.name == "id" else self._number(value or 0, 0)
        return self._print_plain(value)

    def _print_plain(self, value):
        if value is None or value is False:
            return ""
        if value is True:
            return self._yes_no(True)
        if isinstance(value, (Markup, str)):
            return value
        if isinstance(value, models.BaseModel):
            return self._print_records(value)
        if isinstance(value, float):
            return self._number(value, _decimals(value))
        if isinstance(value, (datetime.date, datetime.time)):
            return self._print_time(value)
        if isinstance(value, bytes):
            return value.decode("ascii", errors="replace")
        if isinstance(value, (list, tuple, set, frozenset)):
            return ", ".join(str(self._print_plain(item)) for item in value)
        return str(value)

    def _print_records(self, records):
        if records and records.env.context.get("lang") != self.lang_code:
            records = records.with_context(lang=self.lang_code)
        return ", ".join(record.display_name or "" for record in records)

    def _print_time(self, value):
        if isinstance(value, datetime.datetime):
            if value.tzinfo:
                value = value.astimezone(pytz.utc).replace(tzinfo=None)
            return format_datetime(self.env, value, tz=self.tz, lang_code=self.lang_code)
        if isinstance(value, datetime.time):
            return format_time(self.env, value, lang_code=self.lang_code)
        return format_date(self.env, value, lang_code=self.lang_code)

    def _number(self, value, decimals):
        lang = self.env["res.lang"].browse(self.lang.id)
        # A negative amount smaller than the last decimal prints "0.00", not "-0.00".
        return lang.format(f"%.{decimals}f", round(value, decimals) + 0.0, grouping=True)


def _decimals(value):
    shown = f"{value:.{_MAX_DECIMALS}f}".rstrip("0")
    return max(_MIN_DECIMALS, len(shown) - shown.index(".") - 1)
