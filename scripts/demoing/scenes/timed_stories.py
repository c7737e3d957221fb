"""What the timed rules of the demo are about: their conditions, their records, what they find."""

from datetime import timedelta

from . import stage

#: The activity becomes due while the scheduled action looks on.
AHEAD = timedelta(seconds=2)


def in_a_moment(env):
    """Return a moment the scheduled action is going to wait for."""
    return env.cr.now().replace(microsecond=0) + AHEAD


def timed(env, name, model, date_field, action, number, unit, side="after", **values):
    """Create a rule that is due some time before or after a date of the record."""
    field = env["ir.model.fields"]._get(model, date_field)
    values.update(trg_date_id=field.id, trg_date_range=number, trg_date_range_type=unit)
    values.update(trg_date_range_mode=side, time_tz="UTC")
    return stage.make_rule(env, name, model, "on_time", action, **values)


def activity(env, summary):
    """Return the values of an action that plans an activity for the record's salesperson."""
    lines = stage.lines(
        env,
        "mail.activity",
        res_model_id=("reference", "sale.model_sale_order"),
        res_id=("equation", "record.id"),
        activity_type_id=("reference", "mail.mail_activity_data_todo"),
        summary=("template", summary),
        user_id=("path", "user_id"),
    )
    model_id = env["ir.model"]._get_id("mail.activity")
    return {"state": "object_create", "crud_model_id": model_id, "value_line_ids": lines}


def quotations(env, *values):
    """Write quotations for one customer, each with values of its own."""
    product = env["product.product"].search([("sale_ok", "=", True)], limit=1, order="id")
    partner = env["res.partner"].search([("is_company", "=", True)], limit=1, order="id")
    sold = [(0, 0, {"product_id": product.id, "price_unit": 100})]
    common = {"partner_id": partner.id, "user_id": env.uid, "order_line": sold}
    return env["sale.order"].create([{**common, **one} for one in values])


class Expiry:
    """A draft expires in three days: its salesperson is reminded; of a sent one not."""

    is_exact = False
    """It has been due since midnight, and is written only now."""

    @staticmethod
    def rule(env):
        return timed(
            env,
            "Quotation about to expire",
            "sale.order",
            "validity_date",
            activity(env, "[[ record.name ]] expires in 3 days"),
            3,
            "day",
            "before",
            filter_domain="[('state', '=', 'draft')]",
        )

    @staticmethod
    def happens(env):
        day = env.cr.now().date()
        soon, later = day + timedelta(days=3), day + timedelta(days=4)
        found = quotations(env, *[{"validity_date": end} for end in (soon, soon, later)])
        found[1].action_quotation_sent()
        return found

    @staticmethod
    def time_passes(_records):
        """Nothing to do: the date is a field of its own."""

    @staticmethod
    def event(hit, sent, later):
        ends = f"{hit.name} and {sent.name} expire in 3 days, {later.name} in 4"
        return f"{ends}; {sent.name} has been sent"

    @staticmethod
    def facts(hit, sent, later):
        summary = f"{hit.name} expires in 3 days"
        yield from has_activity(hit, summary)
        yield (
            f"{sent.name}, which is sent, and {later.name}: no reminder",
            not (reminders(sent + later, "expires in")),
        )


class Escalation:
    """An activity is open for 24 hours: it goes to the administrator; a newer one does not."""

    is_exact = True

    @staticmethod
    def rule(env):
        lines = stage.lines(
            env,
            "mail.activity",
            user_id=("reference", "base.user_admin"),
            summary=("template", "Escalated: [[ record.summary ]]"),
        )
        return timed(
            env,
            "Activity left open",
            "mail.activity",
            "create_date",
            {"state": "object_write", "value_line_ids": lines},
            24,
            "hour",
            filter_domain="[('active', '=', True), ('res_model', '=', 'sale.order')]",
        )

    @staticmethod
    def happens(env):
        [order] = quotations(env, {})
        plan = env.ref("mail.mail_activity_data_todo")
        common = {
            "res_model_id": env["ir.model"]._get_id("sale.order"),
            "res_id": order.id,
            "activity_type_id": plan.id,
            "user_id": env.ref("base.user_demo").id,
        }
        names = ("Call back", "Check the price", "Send a sample")
        found = env["mail.activity"].create([{**common, "summary": name} for name in names])
        return found

    @staticmethod
    def time_passes(records):
        """Yesterday, two seconds from now; one of the first two has been done since then."""
        env = records.env
        start = in_a_moment(env) - timedelta(hours=24)
        for record, moment in zip(records, (start, start, start + timedelta(hours=1)), strict=True):
            # The clock of the machine cannot be turned; nobody may write this field but SQL.
            env.cr.execute(
                "UPDATE mail_activity SET create_date = %s WHERE id = %s", [moment, record.id]
            )
        records.invalidate_recordset()
        records[1].action_feedback(feedback="The price is right")

    @staticmethod
    def event(hit, done, newer):
        return (
            f"“{hit.summary}” and “{done.summary}” were planned 24 hours ago, "
            f"“{newer.summary}” 23; “{done.summary}” is done"
        )

    @staticmethod
    def facts(hit, done, newer):
        admin, demo = hit.env.ref("base.user_admin"), hit.env.ref("base.user_demo")
        yield (
            f"“{hit.summary}” is with {hit.user_id.name}",
            hit.user_id == admin and hit.summary == "Escalated: Call back",
        )
        left = done.exists() + newer
        yield (
            f"the done and the newer one stay with {demo.name}",
            left.user_id == demo and not any(one.summary.startswith("Escalated") for one in left),
        )


class FollowUp:
    """A quotation was sent a week ago: its salesperson asks; a confirmed one is left alone."""

    is_exact = True

    @staticmethod
    def rule(env):
        return timed(
            env,
            "Quotation without an answer",
            "sale.order",
            "date_order",
            activity(env, "Ask [[ record.partner_id.name ]] about [[ record.name ]]"),
            7,
            "day",
            filter_domain="[('state', '=', 'sent')]",
        )

    @staticmethod
    def happens(env):
        found = quotations(env, {}, {})
        found.action_quotation_sent()
        found[1].action_confirm()
        return found

    @staticmethod
    def time_passes(records):
        """A week ago, two seconds from now."""
        records.date_order = in_a_moment(records.env) - timedelta(days=7)

    @staticmethod
    def event(hit, confirmed):
        return f"{hit.name} was sent a week ago, {confirmed.name} too, but is {confirmed.state}"

    @staticmethod
    def facts(hit, confirmed):
        yield from has_activity(hit, f"Ask {hit.partner_id.name} about {hit.name}")
        yield f"{confirmed.name}: nobody asks", not reminders(confirmed, "Ask ")


def reminders(orders, start):
    """Return the activities of orders whose summary holds a text."""
    return orders.activity_ids.filtered(lambda one: start in (one.summary or ""))


def has_activity(order, summary):
    """Yield that an order has one activity of that name, for its salesperson."""
    found = order.activity_ids.filtered(lambda one: one.summary == summary)
    yield (
        f"activity “{summary}” for {order.user_id.name}",
        len(found) == 1 and found.user_id == order.user_id,
    )
