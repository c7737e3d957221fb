"""A rule runs code for each of 500 records that are written; times are per record."""

from .. import data
from ..case import Case
from .code_22_lines import SOURCE
from .not_matching import cold_partners, write_all

RECORDS = 500


def _case(name, label, source):
    compiled = compile(source, "by hand", "exec")

    def setup(env):
        action = data.action(env, "res.partner", "code", code=source)
        data.rule(env, "code", "res.partner", [action], watched="function")

    def hand(env, partners):
        write_all(env, partners)
        for partner in partners:
            exec(compiled, {"record": partner, "env": env})

    return Case(
        name=name,
        label=f"{RECORDS} records written, 1 rule running {label}, per record",
        setup=setup,
        prepare=cold_partners(RECORDS),
        act=write_all,
        hand=hand,
        operations=RECORDS,
        limit_seconds=25e-6,
    )


CASES = [
    _case("rule_code", "code `x = 1`", "x = 1"),
    _case("rule_code_22", "22 lines of code", SOURCE),
]
