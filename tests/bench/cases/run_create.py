"""A "Create Record" action with five mapped fields on 1,000 records; stock has no such type."""

from .. import data
from ..case import Case
from .run_code import run_on_all

NAME = "bench create on 1,000"
LINES = [
    ("name", "template", "Contact of [[ object.name ]]"),
    ("color", "equation", "object.color + 1"),
    ("function", "value", "Assistant"),
    ("ref", "path", "ref"),
    ("country_id", "reference", "base.be"),
]


def _setup(env):
    lines = [
        {
            "field_id": env["ir.model.fields"]._get("res.partner", field).id,
            "value_type": kind,
            "value": value,
        }
        for field, kind, value in LINES
    ]
    data.action(
        env,
        "res.partner",
        "object_create",
        name=NAME,
        crud_model_id=env["ir.model"]._get_id("res.partner"),
        value_line_ids=[(0, 0, line) for line in lines],
    )


def _prepare(env):
    return env["ir.actions.server"].search([("name", "=", NAME)], limit=1), data.partners(env, 1000)


def _act(_env, prepared):
    run_on_all(*prepared)


def _hand(env, prepared):
    _action, partners = prepared
    country = env.ref("base.be")
    env["res.partner"].create(
        [
            {
                "name": f"Contact of {partner.name}",
                "color": partner.color + 1,
                "function": "Assistant",
                "ref": partner.ref,
                "country_id": country.id,
            }
            for partner in partners
        ]
    )


CASES = [
    Case(
        name="run_create",
        label="object_create, 5 mapped fields on 1,000 records, by hand: one create",
        setup=_setup,
        prepare=_prepare,
        act=_act,
        hand=_hand,
        hand_engine="ours",
        engines=("hand", "ours"),
        target=1.5,
    )
]
