"""Merge templates: text with expressions between ``[[ ]]`` (OpenERP) or ``{{ }}`` (Odoo).

:func:`parse` finds the expressions, :meth:`Template.render` puts their values in. Nothing here
evaluates or formats anything: both are functions of the caller.

An expression ends at the first closing mark that leaves valid Python in front of it, so that
``[[ lines[order[0]] ]]`` and ``{{ {'a': {'b': 1}}['a'] }}`` read as their author meant; OpenERP and
Odoo cut them short. It may span lines. ``{{ expression ||| text }}`` prints the text when the
expression is empty (Odoo's inline templates, ``tools/rendering_tools.py``).
"""

import ast
import html as html_module
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from .errors import ConfigurationError

SYNTAX_OPENERP = "[[ ]]"
SYNTAX_INLINE = "{{ }}"
SYNTAXES = (SYNTAX_OPENERP, SYNTAX_INLINE)

# Each attempt parses the rest of the text once: bounds the work on a hostile text.
MAX_CLOSING_MARKS_TRIED = 64
DEFAULT_MARK = "|||"
BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


class TemplateError(ConfigurationError):
    """An expression of a template is not valid Python.

    :param expression: the text between the marks
    :param cause: what is wrong with it, in one line
    :param line: line of the template the expression starts on, from 1
    """

    def __init__(self, expression: str, cause: str, line: int) -> None:
        super().__init__(f"Template expression “{expression}” (line {line}): {cause}")
        self.expression = expression
        self.cause = cause
        self.line = line


@dataclass(frozen=True)
class Expression:
    """One expression of a template."""

    source: str
    """One Python expression, fit for ``compile(source, "…", "eval")``."""
    text: str
    """The expression as its author wrote it."""
    line: int
    """Line of the template it starts on, from 1."""
    default: str = ""
    """Text printed when the value prints nothing."""


@dataclass(frozen=True)
class Template:
    """A parsed text: strings and :class:`Expression` in their order."""

    parts: tuple[str | Expression, ...] = field(default_factory=tuple)
    """What is printed, in order."""

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions alone, in their order; empty for a plain text."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    def render(
        self, evaluate: Callable[[str], object], format_value: Callable[[object], str]
    ) -> str:
        """Return the text with every expression replaced by its printed value.

        :param evaluate: source of an expression → value; what it raises passes through
        :param format_value: value → text, "" for an empty value (the default is printed instead)
        """
        printed = []
        for part in self.parts:
            if isinstance(part, Expression):
                printed.append(format_value(evaluate(part.source)) or part.default)
            else:
                printed.append(part)
        return "".join(printed)

    def map_expressions(self, change: Callable[[str], str]) -> str:
        """Return the text with each expression changed, all of them between ``[[ ]]``."""
        return "".join(
            part if isinstance(part, str) else f"[[ {change(part.text)} ]]" for part in self.parts
        )


@lru_cache(maxsize=1024)
def parse(text: str, syntax: str | None = None, html: bool = False) -> Template:
    """Split a text into its strings and expressions.

    A mark that is never closed, and marks with nothing at all between them, are plain text.

    :param syntax: ``"[[ ]]"`` or ``"{{ }}"``; None understands both
    :param html: the text is HTML: entities and line breaks inside expressions are decoded first
    :raises TemplateError: an expression is not valid Python
    """
    if syntax is not None and syntax not in SYNTAXES:
        raise ValueError(f"unknown template syntax {syntax!r}, expected one of {SYNTAXES}")
    return Template(tuple(_split(text, (syntax,) if syntax else SYNTAXES, html)))


def _split(text: str, syntaxes: tuple[str, ...], html: bool) -> Iterator[str | Expression]:
    marks = {syntax[:2]: syntax[-2:] for syntax in syntaxes}
    opening = re.compile("|".join(re.escape(mark) for mark in marks))
    printed = position = 0
    while match := opening.search(text, position):
        found = _read_expression(text, match.end(), marks[match.group()], html)
        if found is None:
            position = match.end()
            continue
        if match.start() > printed:
            yield text[printed : match.start()]
        expression, printed = found
        position = printed
        yield expression
    if printed < len(text):
        yield text[printed:]


def _read_expression(
    text: str, start: int, closing: str, html: bool
) -> tuple[Expression, int] | None:
    """Return the expression that starts at ``start`` and the position behind its closing mark.

    None: there is no closing mark, or nothing in front of it.
    """
    line = text.count("\n", 0, start) + 1
    first_error: TemplateError | None = None
    end = text.find(closing, start)
    for _attempt in range(MAX_CLOSING_MARKS_TRIED):
        if end < 0:
            break
        if end == start:
            return None
        try:
            return _expression(text[start:end], closing, html, line), end + len(closing)
        except TemplateError as error:
            first_error = first_error or error
        end = text.find(closing, end + 1)
    if first_error is None:
        return None
    raise first_error


def _expression(inside: str, closing: str, html: bool, line: int) -> Expression:
    """Return the expression between the marks; Odoo's may be followed by a default text."""
    try:
        return _without_default(inside, html, line)
    except TemplateError:
        if closing != SYNTAX_INLINE[-2:]:
            raise
        left, mark, default = inside.partition(DEFAULT_MARK)
        if not mark:
            raise
    expression = _without_default(left, html, line)
    return replace(expression, default=default.strip())


def _without_default(inside: str, html: bool, line: int) -> Expression:
    if html:
        inside = html_module.unescape(BREAK_TAG.sub("\n", inside))
        inside = inside.replace("\N{NO-BREAK SPACE}", " ")
    text = inside.strip()
    source = f"({text}\n)" if "\n" in text else text
    _check(source, text, line)
    return Expression(source, text, line)


def _check(source: str, text: str, line: int) -> None:
    if not text:
        raise TemplateError(text, "there is no expression between the marks", line)
    try:
        ast.parse(source, mode="eval")
    except SyntaxError as error:
        raise TemplateError(text, error.msg or "invalid syntax", line) from None
    except (ValueError, RecursionError, MemoryError) as error:
        # Null characters, and nesting deeper than Python's parser goes.
        raise TemplateError(text, str(error) or type(error).__name__, line) from None


@dataclass(frozen=True)
class Shape:
    """What can be told about an expression without evaluating it."""

    base: str = ""
    """Source in front of the last attribute when that is free of calls, else ""."""
    attribute: str = ""
    """The last attribute: ``amount_total`` of ``object.order_id.amount_total``."""
    is_boolean: bool = False
    """It always answers True or False: a comparison, a negation, or a mix of these."""


@lru_cache(maxsize=1024)
def shape_of(source: str) -> Shape:
    """Return the shape of a valid expression; an invalid one has none of the properties."""
    try:
        node = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Shape()
    if isinstance(node, ast.Attribute) and _is_path(node.value):
        return Shape(base=ast.unparse(node.value), attribute=node.attr)
    return Shape(is_boolean=_is_boolean(node))


def _is_path(node: ast.expr) -> bool:
    """Names, attributes and constant subscripts only: evaluating it twice changes nothing."""
    while True:
        if isinstance(node, ast.Name):
            return True
        if isinstance(node, ast.Attribute) or (
            isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        ):
            node = node.value
            continue
        return False


def _is_boolean(node: ast.expr) -> bool:
    if isinstance(node, ast.Compare):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.BoolOp):
        return all(_is_boolean(value) for value in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)
