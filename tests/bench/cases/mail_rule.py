"""A rule queues an e-mail from a template for each of 200 records that are written."""

from .. import data
from ..case import Case

TEMPLATE = "bench template"


def _template(env):
    template = env["mail.template"].search([("name", "=", TEMPLATE)], limit=1)
    return template or env["mail.template"].create(
        {
            "name": TEMPLATE,
            "model_id": env["ir.model"]._get_id("res.partner"),
            "subject": "Hello {{ object.name }}",
            "body_html": "<p>Dear <t t-out='object.name'/>, yours: <t t-out='object.ref'/>.</p>",
            "email_from": "bench@example.com",
            "email_to": "someone@example.com",
        }
    )


def _setup(env):
    action = data.action(
        env, "res.partner", "mail_post", template_id=_template(env).id, mail_post_method="email"
    )
    data.rule(env, "mail", "res.partner", [action], watched="function")


def _prepare(env):
    return data.partners(env, 200), _template(env)


def _act(_env, prepared):
    partners, _mail_template = prepared
    partners.write({"function": "Clerk"})


def _hand(_env, prepared):
    partners, template = prepared
    partners.write({"function": "Clerk"})
    template.send_mail_batch(partners.ids, force_send=False)


CASES = [
    Case(
        name="mail_rule",
        label="e-mail rule on 200 records (by hand: send_mail_batch)",
        setup=_setup,
        prepare=_prepare,
        act=_act,
        hand=_hand,
        target=1.2,
    )
]
