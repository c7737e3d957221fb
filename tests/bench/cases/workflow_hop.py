"""A signal moves 1,000 records by one call; a change of a record lets nothing move."""

from .. import data
from ..case import Case

SIZE = 1000


def _workflow(env, name, **second):
    """Make a workflow of partners from ``begin`` to ``end``; values are the transition's."""
    field = env["ir.model.fields"]._get("res.partner", "function")
    workflow = env["workflow"].create(
        {"name": name, "osv": "res.partner", "state_field_id": field.id}
    )
    ends = [
        env["workflow.activity"].create(
            {"name": one, "wkf_id": workflow.id, "flow_start": one == "begin", "state_value": one}
        )
        for one in ("begin", "end")
    ]
    env["workflow.transition"].create({"act_from": ends[0].id, "act_to": ends[1].id, **second})
    workflow.action_publish()


def _prepare(env):
    partners = data.partners(env, SIZE)
    partners.create_workflow()
    return partners


def _signal(env, partners):
    partners.signal_workflow("go")


def _write_and_log(env, partners):
    partners.with_context(automation_skip=True).write({"function": "end"})
    env.cr.execute(
        "INSERT INTO workflow_log (date, event, res_type, res_id) "
        "SELECT now(), 'move', 'res.partner', id FROM unnest(%s::int[]) AS one(id)",
        [partners.ids],
    )


def _change(env, partners):
    for partner in partners[:100]:
        partner.ref = "x"


def _change_unheard(env, partners):
    _change(env, partners.with_context(automation_skip=True))


CASES = [
    Case(
        name="workflow_hop",
        label="a signal moves 1,000 records, by hand: write and one log insert",
        setup=lambda env: _workflow(env, "bench hop", signal="go"),
        prepare=_prepare,
        act=_signal,
        hand=_write_and_log,
        engines=("hand", "ours"),
        hand_engine="ours",
        late=False,
        target=2.0,
    ),
    Case(
        name="workflow_still",
        label="one record of a workflow written, no transition can be taken",
        setup=lambda env: _workflow(env, "bench still", condition="ref == 'never'"),
        prepare=_prepare,
        act=_change,
        hand=_change_unheard,
        operations=100,
        engines=("hand", "ours"),
        hand_engine="ours",
        late=False,
        target=1.2,
    ),
]
