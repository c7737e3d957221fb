"""Steps as the timeline widget shows them."""

import json

from .run_log_rows import STEP_COLUMNS, run_rows


def timeline_of_frame(env, frame):
    """Return the timeline of a finished tree of frames."""
    _run, rows = run_rows(env, frame, frame.trigger)
    steps = []
    for row in rows:
        step = dict(zip(STEP_COLUMNS, row, strict=True))
        for name in ("changed_values", "created", "messages"):
            step[name] = json.loads(step[name]) if step[name] else None
        steps.append(step)
    return timeline(env, steps)


def timeline(env, steps):
    """Return the timeline of steps given as dicts of the columns of ``server.action.step``."""
    states = dict(env["server.action.step"]._fields["state"]._description_selection(env))
    types = dict(env["ir.actions.server"]._fields["state"]._description_selection(env))
    longest = max((step["duration_ms"] for step in steps), default=0) or 1
    return [
        {
            "depth": step["depth"],
            "path": step["path"] or "",
            "name": step["action_name"] or "",
            "type": types.get(step["action_type"], step["action_type"] or ""),
            "state": step["state"],
            "state_label": states.get(step["state"], step["state"]),
            "model": step["model"] or "",
            "records": step["record_count"],
            "left_out": step["records_left_out"],
            "reason": step["reason"] or "",
            "condition": step["condition_text"] or "",
            "duration_ms": step["duration_ms"],
            "share": round(100 * step["duration_ms"] / longest, 1),
            "sql": step["sql_count"],
            "result": step["result"] or "",
            "values": _shown_values(env, step),
            "created": [
                {"model": model, "id": res_id, "label": _label_of_record(env, model, res_id)}
                for model, res_id in step["created"] or []
            ],
            "messages": step["messages"] or [],
            "error": step["error_message"] or "",
            "error_type": step["error_type"] or "",
        }
        for step in steps
    ]


def _label_of_record(env, model, res_id):
    known = env.get(model)
    return f"{known._description if known is not None else model} #{res_id}"


def _shown_values(env, step):
    """Return what changed as a list of ``{name, label, has_before, before, after}``."""
    model = env.get(step["values_model"] or step["model"] or "")
    shown = []
    for name, value in (step["changed_values"] or {}).items():
        field = model._fields.get(name) if model is not None else None
        pair = value if isinstance(value, dict) else {"after": value}
        shown.append(
            {
                "name": name,
                "label": field._description_string(env) if field is not None else name,
                "has_before": "before" in pair,
                "before": pair.get("before"),
                "after": pair.get("after"),
            }
        )
    return shown
