"""Compiling, guarding and reading author-written source."""

from types import SimpleNamespace

import pytest

from server_action_engine.core.errors import (
    ExpressionError,
    LoopGuardError,
    TransientError,
    is_retryable_db_error,
    root_cause,
)
from server_action_engine.core.expression import (
    FORMAT_GUARD,
    compile_source,
    failing_line,
    guarded_format,
    is_blank,
    names_in,
)
from server_action_engine.core.scope import (
    default_code_scope,
    needs_own_context,
    writes_constants_only,
)


def accept(code, source):
    """Accept every code object."""


def evaluate(source, **names):
    return eval(compile_source(source, "eval", accept), {**names, FORMAT_GUARD: guarded_format})


def test_a_source_is_compiled_once():
    assert compile_source(" 1 + 41 ", "eval", accept) is compile_source("1 + 41", "eval", accept)


def test_a_refused_source_is_refused_every_time():
    def refuse(code, source):
        raise ValueError("no")

    for _attempt in range(2):
        with pytest.raises(ValueError, match="no"):
            compile_source("'refused' + 'source'", "eval", refuse)


@pytest.mark.parametrize(
    "source",
    [
        "'{0._x}'.format(obj)",
        "'{0.a._x}'.format(obj)",
        "'{a[_x]}'.format(a={'_x': 1})",
        "'{o._x}'.format_map({'o': obj})",
        "str.format('{0._x}', obj)",
        "'{:{0._x}}'.format(obj, obj)",
        "[f(obj) for f in ['{0._x}'.format]]",
        "'{0.gi_frame.f_globals}'.format(x for x in [1])",
        "'{0.a.gi_frame}'.format(obj)",
    ],
)
def test_format_reads_nothing_private(source):
    with pytest.raises((ExpressionError, ValueError)):
        evaluate(source, obj=SimpleNamespace(_x=1, a=SimpleNamespace(_x=1)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'{} {}'.format(1, 2)", "1 2"),
        ("'{0:>4}|{n:.1f}'.format('a', n=2)", "   a|2.0"),
        ("'{o.a}'.format_map({'o': obj})", "7"),
        ("str.format('{0.a}', obj)", "7"),
        ("'{0!r:>5}'.format('x')", "  'x'"),
        ("obj.format", "own"),
    ],
)
def test_format_works_as_in_python(source, expected):
    assert evaluate(source, obj=SimpleNamespace(a=7, format="own")) == expected


def test_the_guard_itself_cannot_be_named():
    with pytest.raises(NameError):
        compile_source(f"{FORMAT_GUARD} + 1", "eval", accept)


def test_names_attributes_and_texts_are_found():
    found = names_in("record.partner_id.name + env['res.users']._x")
    assert {"record", "partner_id", "name", "env", "res.users"} <= found
    assert names_in("not python (") == frozenset()


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("record.write({})", "record"),
        ("object.name", "record"),
        ("obj.name", "record"),
        ("for r in records: r.name", "batch"),
        ("record.name; records.name", "batch"),
        ("model.search([])", "batch"),
        # Attributes, texts and variables of the code's own are not the names it was given.
        ("record.write({'ref': str(record.child_ids.ids)})", "record"),
        ("record.order_id.records", "record"),
        ("env['x'].create({'name': 'record', 'object': 1})", "batch"),
        ("for record in model.search([]):\n    record.unlink()", "batch"),
        ("[record.name for record in model.search([])]", "batch"),
        ("model.search([]).filtered(lambda record: record.active)", "batch"),
        ("record = record.sudo()\nrecord.unlink()", "record"),
        ("def name(x):\n    return record.name\nname(1)", "record"),
        ("", "batch"),
        ("syntax error (", "batch"),
    ],
)
def test_the_scope_follows_the_names(source, scope):
    assert default_code_scope(source) == scope


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("record.name + str(record.color)", False),
        ("len(record.child_ids) > 2 and record.active", False),
        ("record.write({'a': 1})", True),
        ("record.env.context.get('active_id')", True),
        ("env['x.wizard'].create({}).apply()", True),
    ],
)
def test_code_that_may_read_the_context_is_recognised(source, needed):
    assert needs_own_context(source) is needed


@pytest.mark.parametrize(
    ("source", "constant"),
    [
        ("record.write({'color': 4})", True),
        ("# why\nobject.write({'a': -1, 'b': None})\nobj.write({'c': 'x', 'd': True})", True),
        ("record.write({})", True),
        ("", False),
        ("syntax error (", False),
        ("record.write({'color': record.color + 1})", False),
        ("record.write({'color': color})", False),
        ("record.write({name: 1})", False),
        ("record.write({**values})", False),
        ("record.write({'line_ids': [(0, 0, {})]})", False),
        ("record.write({'a': f'{record.id}'})", False),
        ("record.write(vals)", False),
        ("record.write({'a': 1}, {'b': 2})", False),
        ("record.write(vals={'a': 1})", False),
        ("record.parent_id.write({'a': 1})", False),
        ("record.sudo().write({'a': 1})", False),
        ("env.write({'a': 1})", False),
        ("record.unlink()", False),
        ("action = record.write({'a': 1})", False),
        ("if record.active: record.write({'a': 1})", False),
        ("record.write({'a': 1})\nraise UserError('no')", False),
    ],
)
def test_code_that_only_writes_constants_is_recognised(source, constant):
    assert writes_constants_only(source) is constant


@pytest.mark.parametrize(
    ("source", "blank"),
    [(None, True), ("", True), ("  \n# only a comment\n", True), ("x = 1  # c", False)],
)
def test_blank_sources(source, blank):
    assert is_blank(source) is blank


def test_the_failing_line_is_found():
    code = compile_source("a = 1\nb = a / 0", "exec", accept)
    with pytest.raises(ZeroDivisionError) as caught:
        exec(code, {})
    assert failing_line(caught.value) == 2
    assert failing_line(ValueError()) is None


def test_retryable_errors_are_found_below_wrappers():
    class Failure(Exception):
        pgcode = "40001"

    try:
        try:
            raise Failure
        except Failure as exc:
            raise ValueError("wrapped") from exc
    except ValueError as exc:
        assert is_retryable_db_error(exc)
    assert not is_retryable_db_error(ValueError())


def test_the_root_cause_is_what_the_author_wrote():
    wrapped = ExpressionError("shown")
    wrapped.__cause__ = KeyError("x")
    assert isinstance(root_cause(wrapped), KeyError)
    assert isinstance(root_cause(ValueError()), ValueError)


def test_errors_carry_their_data():
    assert TransientError("later", retry_after=3).retry_after == 3
    assert LoopGuardError("loop", ["a", "b"]).chain == ("a", "b")
