"""An SMS action for 1,000 records, against the same messages written by hand in one create."""

from .. import data
from ..case import Case

RECORDS = 1000
TEMPLATE = "bench SMS"


def _template(env):
    template = env["sms.template"].search([("name", "=", TEMPLATE)], limit=1)
    return template or env["sms.template"].create(
        {
            "name": TEMPLATE,
            "model_id": env["ir.model"]._get_id("res.partner"),
            "body": "Dear {{ object.name }}, your reference is {{ object.ref }}.",
        }
    )


def _action(env):
    values = {"name": TEMPLATE, "model_id": env["ir.model"]._get_id("res.partner"), "state": "sms"}
    if "sms_to" in env["ir.actions.server"]._fields:
        values.update(
            sms_to="phone", sms_text="Dear [[ object.name ]], your reference is [[ object.ref ]]."
        )
    else:
        values.update(sms_template_id=_template(env).id, sms_method="sms")
    return env["ir.actions.server"].create(values)


def _prepare(env):
    partners = data.partners(env, RECORDS)
    for number, partner in enumerate(partners):
        partner.phone = f"+3247012{number:04d}"
    env.flush_all()
    env.invalidate_all()
    return partners, _action(env)


def _act(_env, prepared):
    partners, action = prepared
    action.with_context(active_model=partners._name, active_ids=partners.ids).run()


def _hand(env, prepared):
    """As somebody would write it who trusts every number."""
    partners, _action_record = prepared
    env["sms.sms"].create(
        [
            {
                "number": partner.phone_sanitized,
                "body": f"Dear {partner.name}, your reference is {partner.ref}.",
                "partner_id": partner.id,
                "state": "outgoing",
            }
            for partner in partners
        ]
    )


CASES = [
    Case(
        name="sms_action",
        label="SMS action on 1,000 records (by hand: one create)",
        prepare=_prepare,
        act=_act,
        hand=_hand,
    ),
]
