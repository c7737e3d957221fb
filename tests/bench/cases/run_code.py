"""A code action runs on 1,000 records; by hand the same body stands in a Python override."""

from .. import data
from ..case import Case

NAME = "bench code on 1,000"
SOURCE = "record.write({'color': len(record.name or '') % 11})"


def _setup(env):
    data.action(env, "res.partner", "code", code=SOURCE, name=NAME)


def _prepare(env):
    return env["ir.actions.server"].search([("name", "=", NAME)], limit=1), data.partners(env, 1000)


def run_as_rule_does(action, records):
    """Run an action record by record, which is what stock does under a rule."""
    for record in records:
        action.with_context(
            active_model=records._name, active_id=record.id, active_ids=record.ids
        ).run()


def run_on_all(action, records):
    """Run an action on all records with one call, as from the list's Action menu."""
    action.with_context(
        active_model=records._name, active_id=records[:1].id, active_ids=records.ids
    ).run()


def _act(env, prepared):
    action, partners = prepared
    # An action of ours runs its code per record by itself; stock's runs it once for all.
    (run_on_all if "code_scope" in action._fields else run_as_rule_does)(action, partners)


def _hand(_env, prepared):
    _action, partners = prepared
    for record in partners:
        record.write({"color": len(record.name or "") % 11})


CASES = [
    Case(
        name="run_code",
        label="code (one write) on 1,000 records, by hand: Python override",
        setup=_setup,
        prepare=_prepare,
        act=_act,
        hand=_hand,
        target=1.5,
    )
]
