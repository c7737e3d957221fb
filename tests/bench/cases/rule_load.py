"""A worker reads 1,000 rules on 200 models into its index."""

from .. import data
from ..case import Case

MODELS, RULES = 200, 1000


def _setup(env):
    names = [name for name in sorted(env.registry) if not env[name]._abstract][:MODELS]
    assert len(names) == MODELS
    actions = env["ir.actions.server"].create(
        [
            {
                "name": f"bench {number}",
                "model_id": env["ir.model"]._get_id(names[number % MODELS]),
                "state": "code",
                "code": "x = 1",
            }
            for number in range(RULES)
        ]
    )
    env["base.automation"].create(
        [
            data.rule_values(
                env,
                number,
                names[number % MODELS],
                action,
                filter_domain=f"[('id', '=', {number})]",
            )
            for number, action in enumerate(actions)
        ]
    )


def _act(env, _prepared):
    # What a worker does once after it starts, and once after each change of a rule.
    from odoo.addons.server_action_engine.models.event_hook_gate import gate_of

    gate_of(env.registry).reset()
    env["base.automation.subscriber"]._event_subscriptions_to("res.partner", "write")


CASES = [
    Case(
        name="rule_load",
        label=f"{RULES:,} rules on {MODELS} models read into the index",
        setup=_setup,
        prepare=lambda env: None,
        act=_act,
        hand=_act,
        engines=("ours",),
        limit_seconds=2.0,
        late=False,
    )
]
