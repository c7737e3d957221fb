"""A rule is saved while 200 rules are there, and a record is written right after."""

from .. import data
from ..case import Case

SAVES = 10


def _setup(env):
    action = data.update_action(env, "res.partner", "color", "7")
    env["base.automation"].create(
        [
            data.rule_values(
                env,
                n,
                "res.partner",
                action.copy(),
                filter_domain=f"[('ref', '=', 'nobody {n}')]",
                watched="city",
            )
            for n in range(200)
        ]
    )


def _prepare(env):
    rule = env["base.automation"].search([("name", "=", f"{data.RULE_PREFIX} 100")])
    return rule, data.partners(env, 1)


def _act(env, prepared):
    rule, partner = prepared
    for number in range(SAVES):
        rule.write(
            {
                "filter_domain": f"[('ref', '=', 'save {number}')]",
                "trigger": "on_create_or_write" if number % 2 else "on_write",
            }
        )
        # The saving transaction has to know its own rule at once.
        partner.write({"function": f"Clerk {number}"})
        env.flush_all()


CASES = [
    Case(
        name="rule_save",
        label="a rule saved beside 200 others, and a record written",
        setup=_setup,
        prepare=_prepare,
        act=_act,
        hand=_act,
        engines=("stock", "ours"),
        operations=SAVES,
        limit_seconds=0.05,
        late=False,
    )
]
