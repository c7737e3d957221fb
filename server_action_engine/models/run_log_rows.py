"""From frames to rows of the run log, written by SQL: one statement per run with its steps."""

import json
from itertools import chain

from odoo import fields

from ..core.frames import DONE, FAILED, ISOLATED, RUNNING
from ..core.redact import (
    MAX_MESSAGES,
    FieldFacts,
    keep_text,
    keep_traceback,
    keep_values,
    shorten,
)

#: State of a run that went through although a part of it failed.
PARTLY = "partly"
#: Steps kept per run; a loop over thousands of records is summed up in its parent.
MAX_STEPS = 500

_COMMON = (
    "action_id",
    "action_name",
    "action_type",
    "model",
    "record_ids",
    "record_count",
    "records_left_out",
    "reason",
    "condition_text",
    "started",
    "duration_ms",
    "sql_count",
    "state",
    "result",
    "error_type",
    "error_message",
    "traceback",
)
RUN_COLUMNS = (
    *_COMMON,
    "trigger_kind",
    "origin_model",
    "origin_id",
    "origin_name",
    "user_id",
    "company_id",
    "step_count",
)
STEP_COLUMNS = (
    *_COMMON,
    "sequence",
    "path",
    "parent_path",
    "depth",
    "changed_values",
    "values_model",
    "created",
    "messages",
)


def run_rows(env, frame, trigger):
    """Return ``(run row, list of step rows)`` for a finished tree of frames.

    Plain data: it outlives the transaction, and nothing in it is secret.
    """
    frames = list(frame.walk())
    trigger = trigger or {}
    kinds = env["server.action.run"]._fields["trigger_kind"].get_values(env)
    kind = trigger.get("kind") or "manual"
    run = (
        *_common_columns(frame, _state_of_run(frame, frames)),
        kind if kind in kinds else "other",
        trigger.get("model") or None,
        trigger.get("id") or None,
        keep_text(trigger.get("name"), 200),
        trigger.get("user_id") or None,
        trigger.get("company_id") or None,
        len(frames),
    )
    return run, [
        _step_row(env, step, number)
        for number, step in enumerate(frames)
        # Whatever was cut off, the step that failed is the one that will be looked for.
        if number < MAX_STEPS or (step.error_type and number < 10 * MAX_STEPS)
    ]


def insert_rows(cr, rows, check_links=False):
    """Write runs and their steps: one in a single statement, many in three.

    :param rows: list of what :func:`run_rows` returns
    :param check_links: the users and companies may be gone (their transaction was undone)
    :returns: list of run ids, in order
    """
    if len(rows) < 2:
        return [_insert_run(cr, run, steps, check_links) for run, steps in rows]
    return _insert_runs(cr, rows, check_links)


def _insert_runs(cr, rows, check_links):
    # PostgreSQL does not promise the order of RETURNING, so the ids are taken before.
    cr.execute(
        "SELECT nextval('server_action_run_id_seq') FROM generate_series(1, %s)", [len(rows)]
    )
    run_ids = [row[0] for row in cr.fetchall()]
    one_run = f"(%s, {(_CHECKED_RUN if check_links else _PLAIN_RUN)[1:]}"
    cr.execute(
        f"INSERT INTO server_action_run (id, {', '.join(RUN_COLUMNS)}) "  # noqa: S608 - constants
        f"VALUES {', '.join([one_run] * len(rows))}",
        [
            value
            for run_id, (run, _s) in zip(run_ids, rows, strict=True)
            for value in (run_id, *run)
        ],
    )
    steps = [
        (run_id, *step)
        for run_id, (_run, steps) in zip(run_ids, rows, strict=True)
        for step in steps
    ]
    one_step = f"(%s, {_PLAIN_STEP[1:]}"
    cr.execute(
        f"INSERT INTO server_action_step (run_id, {', '.join(STEP_COLUMNS)}) "  # noqa: S608 - constants
        f"VALUES {', '.join([one_step] * len(steps))}",
        list(chain.from_iterable(steps)),
    )
    return run_ids


def _insert_run(cr, run, steps, check_links):
    others = f", {_PLAIN_STEP}" * (len(steps) - 1)
    cr.execute(
        f"WITH run AS (INSERT INTO server_action_run ({', '.join(RUN_COLUMNS)}) "  # noqa: S608 - constants
        f"VALUES {_CHECKED_RUN if check_links else _PLAIN_RUN} RETURNING id) "
        f"INSERT INTO server_action_step (run_id, {', '.join(STEP_COLUMNS)}) "
        f"SELECT run.id, step.* FROM run, (VALUES {_TYPED_STEP}{others}) step RETURNING run_id",
        [*run, *chain.from_iterable(steps)],
    )
    return cr.fetchone()[0]


_LINKS = {
    "user_id": "(SELECT id FROM res_users WHERE id = %s)",
    "company_id": "(SELECT id FROM res_company WHERE id = %s)",
}
#: Types that a literal in a list of values does not tell; the first row decides for all.
_TYPES = {
    **dict.fromkeys(("action_id", "record_count", "records_left_out", "sql_count"), "int4"),
    **dict.fromkeys(("sequence", "depth"), "int4"),
    **dict.fromkeys(("record_ids", "changed_values", "created", "messages"), "jsonb"),
    "started": "timestamp",
    "duration_ms": "numeric",
}
_PLAIN_RUN = f"({', '.join('%s' for _column in RUN_COLUMNS)})"
_CHECKED_RUN = f"({', '.join(_LINKS.get(column, '%s') for column in RUN_COLUMNS)})"
_PLAIN_STEP = f"({', '.join('%s' for _column in STEP_COLUMNS)})"
_TYPED_STEP = "(" + ", ".join("%s::" + _TYPES.get(name, "text") for name in STEP_COLUMNS) + ")"


def _state_of_run(frame, frames):
    state = DONE if frame.state == RUNNING else frame.state
    if state == DONE and any(step.state in (FAILED, ISOLATED) for step in frames[1:]):
        return PARTLY
    return state


def _common_columns(frame, state):
    return (
        frame.action_id or None,
        shorten(frame.action_name or "", 200),
        frame.action_type or None,
        frame.model or None,
        json.dumps(frame.record_ids),
        frame.record_count or len(frame.record_ids),
        frame.records_left_out,
        keep_text(frame.reason),
        keep_text(frame.condition_text),
        frame.started or fields.Datetime.now(),
        round(frame.duration_ms, 2),
        frame.sql_count,
        state,
        keep_text(frame.result, 500),
        frame.error_type or None,
        keep_text(frame.error_message),
        keep_traceback(frame.traceback),
    )


def _step_row(env, frame, number):
    parts = frame.path.split("/") if frame.path else []
    return (
        *_common_columns(frame, DONE if frame.state == RUNNING else frame.state),
        number,
        frame.path,
        # A path is made of pairs: what the parent is, and the place in it.
        "/".join(parts[:-2]) if parts else None,
        (len(parts) + 1) // 2,
        _json(keep_values(frame.values, _facts_reader(env, frame.values_model or frame.model))),
        frame.values_model or None,
        _json([[model, int(res_id)] for model, res_id in frame.created[:1000]] or None),
        _json([keep_text(text) or "" for text in _first_messages(frame.messages)] or None),
    )


def _first_messages(messages):
    if len(messages) <= MAX_MESSAGES:
        return messages
    return [*messages[:MAX_MESSAGES], f"… {len(messages) - MAX_MESSAGES}"]


def _json(value):
    return None if value is None else json.dumps(value)


def _facts_reader(env, model_name):
    """Return a function that tells about a field of a model, following dotted paths."""

    def facts_of(name):
        model = env.registry.get(model_name)
        secret = False
        field = None
        for part in str(name).split("."):
            field = model._fields.get(part) if model is not None else None
            if field is None:
                return None if not secret else FieldFacts(name, "char", restricted=True)
            secret = secret or bool(field.groups)
            model = env.registry.get(field.comodel_name) if field.relational else None
        return FieldFacts(str(name), field.type, secret)

    return facts_of
