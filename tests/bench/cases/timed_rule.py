"""A timed rule updates a field of 100 to 10,000 records that have become due."""

from datetime import timedelta

from .. import data
from ..case import Case


def _setup(env):
    action = data.update_action(env, "res.partner", "color", "7")
    data.rule(
        env,
        "timed",
        "res.partner",
        [action],
        trigger="on_time",
        trg_date_id=env["ir.model.fields"]._get("res.partner", "create_date").id,
        trg_date_range=1,
        trg_date_range_type="hour",
        filter_domain="[('function', '=', 'due')]",
    )


def _prepare(count):
    def prepare(env):
        # The cron commits, so a round starts by undoing the one before.
        env["res.partner"].search([("function", "=", "due")]).write({"function": False, "color": 1})
        partners = data.partners(env, count)
        partners.write({"function": "due"})
        env.flush_all()
        now = env.cr.now()
        env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id IN %s",
            [now - timedelta(hours=2), tuple(partners.ids)],
        )
        env.invalidate_all()
        rules = env["base.automation"].search([("trigger", "=", "on_time")])
        rules.write({"last_run": now - timedelta(days=1)})
        env.cr.commit()
        return partners

    return prepare


def _act(env, _partners):
    env["base.automation"]._cron_process_time_based_actions()
    # A round in which nothing was due would be a fast one.
    env.cr.execute("SELECT count(*) FROM res_partner WHERE function = 'due' AND color <> 7")
    assert not env.cr.fetchone()[0], "records were due and have not been updated"


def _hand(env, _partners):
    env["res.partner"].search([("function", "=", "due")]).write({"color": 7})
    env.cr.commit()


def _case(count, engines):
    return Case(
        name=f"timed_rule_{count}",
        label=f"timed rule “update a field”, {count:,} records due",
        setup=_setup,
        prepare=_prepare(count),
        act=_act,
        hand=_hand,
        engines=engines,
        late=False,
        target=2.0 if count >= 1000 else None,
    )


CASES = [
    *(_case(count, ("hand", "stock", "ours")) for count in (100, 300, 1000, 3000)),
    # Stock grows with the square: this would take it several minutes a round.
    _case(10_000, ("hand", "ours")),
]
