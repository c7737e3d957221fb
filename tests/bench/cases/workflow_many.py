"""Signals through a round trip of two activities, on records that cost next to nothing themselves.

Banks have no tracking, no mail and no computed fields: what is measured is the engine. The
instances are there before the first round; what a round does is rolled back, or leads back to
where it began.
"""

from ..case import Case

SMALL, LARGE = 1000, 100_000
#: One by one; enough for a steady figure.
FEW = 300
#: Hops of one bulk round.
LAPS = 10
#: 486 activities per second are what django-viewflow 2.4 does on PostgreSQL (docs/benchmarks.md).
PEER = 486


def setup(count, *, state):
    """Return a setup with so many banks in a workflow; ``state``: it owns a field of theirs."""

    def make(env):
        env.cr.execute("DELETE FROM res_bank WHERE name LIKE 'Bench %'")
        env.cr.execute(
            "INSERT INTO res_bank (name, active) "
            "SELECT 'Bench ' || n, true FROM generate_series(1, %s) n",
            [count],
        )
        _workflow(env, state)
        _banks(env).create_workflow()
        env.flush_all()
        # As a database in use has it done by itself: without it PostgreSQL plans for empty tables.
        env.cr.execute("ANALYZE workflow_instance, workflow_workitem, workflow_log, res_bank")

    return make


def _workflow(env, state):
    field = env["ir.model.fields"]._get("res.bank", "street") if state else None
    workflow = env["workflow"].create(
        {"name": "bench many", "osv": "res.bank", "state_field_id": field and field.id}
    )
    here, there = [
        env["workflow.activity"].create(
            {
                "name": name,
                "wkf_id": workflow.id,
                "flow_start": name == "here",
                "state_value": name if state else False,
            }
        )
        for name in ("here", "there")
    ]
    for source, target in ((here, there), (there, here)):
        env["workflow.transition"].create(
            {"act_from": source.id, "act_to": target.id, "signal": "go"}
        )
    workflow.action_publish()


def setup_net(env):
    """Make a workflow of eleven activities that nothing stops: five, three side by side, an end."""
    names = [*(f"step {n}" for n in range(5)), "split", "left", "middle", "right", "join", "end"]
    values = {"split": {"split_mode": "AND"}, "join": {"join_mode": "AND"}}
    values |= {"step 0": {"flow_start": True}, "end": {"flow_stop": True}}
    workflow = env["workflow"].create({"name": "bench net", "osv": "res.bank", "on_create": True})
    acts = {
        name: env["workflow.activity"].create(
            {"name": name, "wkf_id": workflow.id, **values.get(name, {})}
        )
        for name in names
    }
    pairs = [*zip(names[:5], names[1:6], strict=True), ("join", "end")]
    pairs += [pair for one in names[6:9] for pair in (("split", one), (one, "join"))]
    for source, target in pairs:
        env["workflow.transition"].create({"act_from": acts[source].id, "act_to": acts[target].id})
    workflow.action_publish()


def prepare_net(count):
    """Return a prepare that gives banks which are in no workflow."""

    def make(env):
        silent = env["res.bank"].with_context(automation_skip=True)
        return silent.create([{"name": f"Net {n}"} for n in range(count)]).with_context(
            automation_skip=False
        )

    return make


def net_one_by_one(env, banks):
    """Let each run through by a call of its own."""
    for bank in banks:
        bank.create_workflow()
        env.flush_all()


def net_at_once(env, banks):
    """Let all of them run through by one call."""
    banks.create_workflow()


def _banks(env, limit=None):
    return env["res.bank"].search([("name", "like", "Bench ")], limit=limit, order="id")


def prepare(count):
    """Return a prepare that gives so many of the banks."""
    return lambda env: _banks(env, count)


def signal(env, banks):
    """Move all of them by one call."""
    banks.signal_workflow("go")


def write_and_log(env, banks):
    """Do by hand what a hop does: the state, and a line of a log."""
    banks.with_context(automation_skip=True).write({"street": "there"})
    env.flush_all()
    env.cr.execute(
        "INSERT INTO workflow_log (date, event, res_type, res_id) "
        "SELECT now(), 'move', 'res.bank', id FROM unnest(%s::int[]) AS one(id)",
        [banks.ids],
    )


def laps(env, banks):
    """Move all of them there and back, each time by one call."""
    for _lap in range(LAPS):
        banks.signal_workflow("go")


def one_by_one(env, banks):
    """Move each by a call of its own, in one transaction."""
    for bank in banks:
        bank.signal_workflow("go")
        env.flush_all()


def a_transaction_each(env, banks):
    """Move each by a request of its own, there and back, so that the next round finds it here."""
    for id_ in banks.ids:
        for _way in range(2):
            with env.registry.cursor() as cr:
                env(cr=cr)["res.bank"].browse(id_).signal_workflow("go")


def _hop(name, label, count, moved, operations=1):
    return Case(
        name=name,
        label=label,
        setup=setup(count, state=True),
        prepare=prepare(moved),
        act=signal,
        hand=write_and_log,
        operations=operations,
        engines=("hand", "ours"),
        hand_engine="ours",
        late=False,
        target=2.0,
    )


def _rate(name, label, act, operations, times, make=None, get=None):
    return Case(
        name=name,
        label=label,
        setup=make or setup(SMALL, state=False),
        prepare=get or prepare(FEW),
        act=act,
        hand=write_and_log,
        operations=operations,
        engines=("ours",),
        late=False,
        limit_seconds=1 / (times * PEER),
    )


CASES = [
    _hop("workflow_hop_1000", "1,000 plain records signalled by one call", SMALL, SMALL),
    _hop("workflow_among", "1,000 of 100,000 signalled by one call", LARGE, SMALL),
    _hop(
        "workflow_hop_100000",
        "100,000 signalled by one call, per 1,000",
        LARGE,
        LARGE,
        LARGE // SMALL,
    ),
    _rate(
        "workflow_bulk",
        "a hop, signalled by the 1,000",
        laps,
        SMALL * LAPS,
        20,
        get=prepare(SMALL),
    ),
    _rate("workflow_single", "a hop, signalled one by one", one_by_one, FEW, 3),
    _rate(
        "workflow_committed",
        "a hop, signalled one by one, a transaction each",
        a_transaction_each,
        FEW * 2,
        3,
    ),
    _rate(
        "workflow_net_single",
        "an activity of eleven in a net, one record by one call",
        net_one_by_one,
        FEW * 11,
        3,
        make=setup_net,
        get=prepare_net(FEW),
    ),
    _rate(
        "workflow_net_bulk",
        "an activity of eleven in a net, 1,000 records by one call",
        net_at_once,
        SMALL * 11,
        20,
        make=setup_net,
        get=prepare_net(SMALL),
    ),
]
