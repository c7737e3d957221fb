"""The automation that the demo watches: a rule, its multi action, and where its e-mails go."""

RULE_NAME = "Quotation confirmed"
ACTION_NAME = "Hand over the order"
CREATE_NAME = "Plan the delivery call"
MAIL_NAME = "Tell the customer"
SUBJECT = "Order {{ object.name }} is confirmed"
BODY = """<p>Dear <t t-out="object.partner_id.name"/>,</p>
<p>your order <t t-out="object.name"/> over <t t-out="object.amount_total"/> is confirmed.</p>"""


def install(env, smtp_port):
    """Create the rule with its actions, and the mail server that the queue is to use.

    :returns: the rule, a base.automation record.
    """
    _use_mail_server(env, smtp_port)
    model = env["ir.model"]._get("sale.order")
    multi = env["ir.actions.server"].create(
        {
            "name": ACTION_NAME,
            "model_id": model.id,
            "state": "multi",
            "usage": "base_automation",
            "child_ids": [(6, 0, (plan_call(env) | _send_mail(env, model)).ids)],
        }
    )
    confirmed = env.ref("sale.selection__sale_order__state__sale")
    return env["base.automation"].create(
        {
            "name": RULE_NAME,
            "model_id": model.id,
            "trigger": "on_state_set",
            "trg_selection_field_id": confirmed.id,
            "action_server_ids": [(6, 0, multi.ids)],
        }
    )


def _use_mail_server(env, port):
    # Demo data leaves e-mails in the queue, which would mingle with ours.
    env["mail.mail"].search([("state", "=", "outgoing")]).unlink()
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {"name": "Demo", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none"}
    )


def plan_call(env, name=CREATE_NAME, about="[[ object.name ]]"):
    """Create the action that makes an activity with five values, each made in another way."""
    values = [
        ("res_model_id", "reference", "sale.model_sale_order"),
        ("res_id", "equation", "object.id"),
        ("activity_type_id", "reference", "mail.mail_activity_data_call"),
        ("summary", "template", f"Call [[ object.partner_id.name ]] about {about}"),
        ("user_id", "path", "user_id"),
    ]
    return env["ir.actions.server"].create(
        {
            "name": name,
            "sequence": 1,
            "model_id": env["ir.model"]._get_id("sale.order"),
            "state": "object_create",
            "crud_model_id": env["ir.model"]._get_id("mail.activity"),
            "value_line_ids": [(0, 0, _line(env, *value)) for value in values],
        }
    )


def _line(env, field, kind, text):
    field_id = env["ir.model.fields"]._get("mail.activity", field).id
    return {"field_id": field_id, "value_type": kind, "value": text}


def _send_mail(env, model):
    template = env["mail.template"].create(
        {
            "name": MAIL_NAME,
            "model_id": model.id,
            "subject": SUBJECT,
            "body_html": BODY,
            "email_from": "sales@example.com",
            "partner_to": "{{ object.partner_id.id }}",
            "auto_delete": False,
        }
    )
    return env["ir.actions.server"].create(
        {
            "name": MAIL_NAME,
            "sequence": 2,
            "model_id": model.id,
            "state": "mail_post",
            "template_id": template.id,
            "mail_post_method": "email",
        }
    )
