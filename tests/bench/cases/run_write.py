"""An "Update Record" action runs on 1,000 records."""

from .. import data
from ..case import Case
from .run_code import run_as_rule_does, run_on_all

NAME = "bench write on 1,000"


def _setup(env):
    data.update_action(env, "res.partner", "color", "7").name = NAME


def _prepare(env):
    return env["ir.actions.server"].search([("name", "=", NAME)], limit=1), data.partners(env, 1000)


def _act(env, prepared):
    action, partners = prepared
    # Stock writes only the record `active_id` names.
    (run_on_all if "code_scope" in action._fields else run_as_rule_does)(action, partners)


def _hand(_env, prepared):
    _action, partners = prepared
    partners.write({"color": 7})


CASES = [
    Case(
        name="run_write",
        label="object_write on 1,000 records, by hand: one write",
        setup=_setup,
        prepare=_prepare,
        act=_act,
        hand=_hand,
        target=1.3,
    )
]
