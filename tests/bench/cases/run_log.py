"""The run log at level `all` against `off`, on batches of 100 records, in our engine."""

from .. import data
from ..case import Case
from .run_code import SOURCE, run_on_all

BATCHES = 10
NAMES = {"all": "bench log all", "off": "bench log off"}


def _setup(env):
    for level, name in NAMES.items():
        data.action(env, "res.partner", "code", code=SOURCE, name=name, log_level=level)


def _prepare(env):
    partners = data.partners(env, 100 * BATCHES)
    actions = {
        level: env["ir.actions.server"].search([("name", "=", name)], limit=1)
        for level, name in NAMES.items()
    }
    return actions, [partners[start : start + 100] for start in range(0, len(partners), 100)]


def _run(level):
    def run(_env, prepared):
        actions, batches = prepared
        for batch in batches:
            run_on_all(actions[level], batch)

    return run


CASES = [
    Case(
        name="run_log",
        label="code on a batch of 100, log level all (hand: off)",
        setup=_setup,
        prepare=_prepare,
        act=_run("all"),
        hand=_run("off"),
        operations=BATCHES,
        engines=("hand", "ours"),
        hand_engine="ours",
        target=1.05,
    )
]
