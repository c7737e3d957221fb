"""What the tests of e-mail delivery do inside Odoo; each runs in a process of its own."""


def use_account(env, port, **values):
    """Make a server of the test the only account; returns its id."""
    env["ir.mail_server"].search([]).active = False
    vals = {"name": "Test", "smtp_host": "localhost", "smtp_port": port, **values}
    return env["ir.mail_server"].create(vals).id


def write_mails(env, recipients, **values):
    """Queue an e-mail for each item, which may name several recipients; returns their ids."""
    mails = env["mail.mail"].create(
        [
            {
                "subject": f"To {to}",
                "email_from": "shop@example.com",
                "email_to": to,
                "body_html": "<p>Hello</p>",
                **values,
            }
            for to in recipients
        ]
    )
    return mails.ids


def run_queue(env):
    """Do what the scheduled action does."""
    env["mail.mail"].process_email_queue()


def make_due(env):
    """Let the time until the next attempt pass, for e-mails and accounts."""
    env.cr.execute("UPDATE mail_mail SET delivery_due_at = now() AT TIME ZONE 'UTC'")
    env.cr.execute("UPDATE mail_mail_delivery SET due_at = NULL WHERE due_at IS NOT NULL")
    env.cr.execute("UPDATE smtp_account SET resting_until = NULL")


def run_queue_when_due(env):
    make_due(env)
    env.cr.commit()
    run_queue(env)


def resend(env, address):
    env["mail.mail.delivery"].search([("address", "=", address)])._resend()
    env.cr.commit()
    run_queue(env)


def mails(env):
    """Return ``{subject: [state, failure type, failure reason]}``."""
    return {
        mail.subject: [mail.state, mail.failure_type or "", mail.failure_reason or ""]
        for mail in env["mail.mail"].search([])
    }


def deliveries(env):
    """Return ``{address: [state, reason, attempts]}``."""
    return {
        one.address: [one.state, one.reason or "", one.attempts]
        for one in env["mail.mail.delivery"].search([])
    }


def accounts(env):
    """Return ``[[name, state, failures, reason]]``."""
    return [
        [one.name, one.state, one.failures, one.reason or ""]
        for one in env["smtp.account"].search([])
    ]


def notifications(env):
    """Return ``{address or contact: [status, failure type, reason]}``."""
    return {
        one.res_partner_id.email or one.mail_email_address: [
            one.notification_status,
            one.failure_type or "",
            one.failure_reason or "",
        ]
        for one in env["mail.notification"].search([("notification_type", "=", "email")])
    }
