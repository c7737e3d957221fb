"""An e-mail action for 1,000 records, against the same e-mails written by hand in one create."""

from markupsafe import Markup, escape

from .. import data
from ..case import Case

RECORDS = 1000
SUBJECT, TEXT = "Hello {}", "<p>Dear {}, your reference is {}.</p>"
TEMPLATE = "bench e-mail"


def _template(env):
    template = env["mail.template"].search([("name", "=", TEMPLATE)], limit=1)
    return template or env["mail.template"].create(
        {
            "name": TEMPLATE,
            "model_id": env["ir.model"]._get_id("res.partner"),
            "subject": "Hello {{ object.name }}",
            "body_html": "<p>Dear <t t-out='object.name'/>, "
            "your reference is <t t-out='object.ref'/>.</p>",
            "email_from": "bench@example.com",
            "email_to": "{{ object.email }}",
            "use_default_to": False,
        }
    )


def _action(env):
    values = {"name": "bench e-mail", "model_id": env["ir.model"]._get_id("res.partner")}
    if "email_to" in env["ir.actions.server"]._fields:
        values.update(
            state="email",
            email_sender="bench@example.com",
            email_to="email",
            email_subject="Hello [[ object.name ]]",
            email_format="html",
            email_message="<p>Dear [[ object.name ]], your reference is [[ object.ref ]].</p>",
        )
    else:
        values.update(state="mail_post", template_id=_template(env).id, mail_post_method="email")
    return env["ir.actions.server"].create(values)


def _prepare(env):
    partners = data.partners(env, RECORDS)
    for partner in partners:
        partner.email = f"{partner.ref}@example.com"
    env.flush_all()
    env.invalidate_all()
    return partners, _template(env), _action(env)


def _act(_env, prepared):
    partners, _mail_template, action = prepared
    action.with_context(active_model=partners._name, active_ids=partners.ids).run()


def _hand(env, prepared):
    """As somebody would write it who knows that mails can be created together."""
    partners, _mail_template, _action_record = prepared
    answers = partners._notify_get_reply_to_batch()
    env["mail.mail"].create(
        [
            {
                "subject": SUBJECT.format(partner.name),
                "body_html": (body := Markup(TEXT).format(escape(partner.name), partner.ref)),
                "body": body,
                "email_from": "bench@example.com",
                "reply_to": answers[partner.id] or "bench@example.com",
                "email_to": partner.email_formatted,
                "model": partner._name,
                "res_id": partner.id,
            }
            for partner in partners
        ]
    )
    env.ref("mail.ir_cron_mail_scheduler_action")._trigger()


def _hand_template(_env, prepared):
    partners, template, _action_record = prepared
    template.send_mail_batch(partners.ids, force_send=False)


def _prepare_memory(env):
    partners, _mail_template, action = _prepare(env)
    file = env["ir.attachment"].create({"name": "1 MB", "raw": b"x" * 1024 * 1024})
    if "email_attachment_ids" in action:
        action.email_attachment_ids = file
    return partners, file, action


def _act_memory(count):
    def act(env, prepared):
        for _number in range(count):
            _act(env, prepared)
            # As long jobs do it; otherwise the cache alone would grow.
            env.flush_all()
            env.invalidate_all()

    return act


def _hand_memory(count):
    def hand(env, prepared):
        partners, file, action = prepared
        for _number in range(count):
            _hand(env, (partners, None, action))
            last = env["mail.mail"].search([], limit=len(partners), order="id desc")
            last.write({"attachment_ids": [(4, file.id)]})
            env.flush_all()
            env.invalidate_all()

    return hand


def _memory_case(count):
    return Case(
        name=f"email_memory_{count * RECORDS}",
        label=f"{count * RECORDS:,} e-mails that share 1 MB, per batch of {RECORDS:,}",
        prepare=_prepare_memory,
        act=_act_memory(count),
        hand=_hand_memory(count),
        operations=count,
        engines=("hand", "ours"),
        late=False,
    )


CASES = [
    _memory_case(1),
    _memory_case(10),
    Case(
        name="email_action",
        label="e-mail action on 1,000 records (by hand: one create)",
        prepare=_prepare,
        act=_act,
        hand=_hand,
        target=1.2,
    ),
    Case(
        name="email_action_here",
        label="the same, by hand beside the suite",
        prepare=_prepare,
        act=_act,
        hand=_hand,
        engines=("hand", "ours"),
        hand_engine="ours",
        target=1.2,
    ),
    Case(
        name="email_action_template",
        label="the same (by hand: send_mail_batch)",
        prepare=_prepare,
        act=_act,
        hand=_hand_template,
        target=1.2,
    ),
]
