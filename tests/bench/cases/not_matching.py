"""Records are written while 1, 10 or 50 rules look at them and none matches."""

from .. import data
from ..case import Case

RECORDS = 30


def _setup(count, domain=None):
    domain = domain or _domain

    def setup(env):
        action = data.update_action(env, "res.partner", "color", "7")
        env["base.automation"].create(
            [
                data.rule_values(env, n, "res.partner", action.copy(), filter_domain=domain(n))
                for n in range(count)
            ]
        )

    return setup


def _domain(number):
    return f"[('ref', '=', 'nobody {number}'), ('color', '>', 3)]"


def _amount(number):
    # No single value decides about it.
    return f"[('color', '>', {number + 3})]"


def write_one_by_one(env, partners):
    """Write each record on its own: the cost of a user's click."""
    for partner in partners:
        partner.write({"function": "Clerk"})
        partner.flush_recordset()


def write_all(_env, partners):
    """Write all records at once, as an import or an action on a list does."""
    partners.write({"function": "Clerk"})


def warm_partners(count):
    """Return a `prepare` whose records have been read and written in the transaction before."""

    def prepare(env):
        partners = data.partners(env, count)
        partners.write({"function": "Apprentice"})
        return partners

    return prepare


def cold_partners(count):
    """Return a `prepare` whose records nobody has read yet."""
    return lambda env: data.partners(env, count)


def _single(count, warm=False):
    return Case(
        name=f"not_matching_{count}{'_warm' if warm else ''}",
        label=f"one-record write{' (warm)' if warm else ''}, {count} rule(s) that do not match",
        setup=_setup(count),
        prepare=(warm_partners if warm else cold_partners)(RECORDS),
        act=write_one_by_one,
        hand=write_one_by_one,
        operations=RECORDS,
        target=1.3 if count == 50 else None,
    )


def _bulk(warm):
    return Case(
        name=f"not_matching_bulk{'_warm' if warm else ''}",
        label=f"500 records written{' (warm)' if warm else ''}, 50 rules that do not match",
        setup=_setup(50),
        prepare=(warm_partners if warm else cold_partners)(500),
        act=write_all,
        hand=write_all,
        target=1.3,
    )


CASES = [
    *(_single(count) for count in (1, 10, 50)),
    _single(50, warm=True),
    Case(
        name="not_matching_50_amount",
        label="one-record write, 50 rules that want a higher number",
        setup=_setup(50, _amount),
        prepare=cold_partners(RECORDS),
        act=write_one_by_one,
        hand=write_one_by_one,
        operations=RECORDS,
        target=1.3,
    ),
    _bulk(warm=False),
    _bulk(warm=True),
]
