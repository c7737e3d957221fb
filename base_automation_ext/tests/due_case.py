"""Builders for the tests of timed rules."""

from datetime import datetime

from freezegun import freeze_time

from .common import RuleCase

NOW = "2026-03-02 06:00:00"  # a Monday
#: Whoever runs is named at the end of the record's name.
HIT = "record.write({'name': record.name + '!'})"


class DueCase(RuleCase):
    """Works on leaves, which have two moments that anybody may set."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("base_automation_ext.ir_cron_timed_rules")
        cls.env["ir.cron.trigger"].search([("cron_id", "=", cls.cron.id)]).unlink()
        cls.env.company.partner_id.tz = "Europe/Berlin"
        cls.startClassPatcher(freeze_time(NOW))

    @property
    def planned(self):
        """The planned wake-ups."""
        self.env.cr.precommit.run()
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        return sorted(triggers.mapped("call_at"))

    def timed(self, action=None, field="date_from", **vals):
        """Create a rule that runs one day after the beginning of a leave."""
        model = vals.pop("model", "resource.calendar.leaves")
        return self.make_rule(
            action or self.code(HIT),
            model=model,
            **{
                "trigger": "on_time",
                "trg_date_id": self.env["ir.model.fields"]._get(model, field).id,
                "trg_date_range": 1,
                "trg_date_range_type": "day",
                "trg_date_range_mode": "after",
                "time_tz": "Europe/Berlin",
                "filter_domain": "[('name', 'like', 'due')]",
                **vals,
            },
        )

    def leaves(self, *starts, name="due"):
        """Create leaves that begin at these moments."""
        found = self.env["resource.calendar.leaves"].create(
            [{"name": name, "date_from": start, "date_to": "2036-01-01"} for start in starts]
        )
        self.env.flush_all()
        return found

    def run_cron(self, moment=None):
        """Let the scheduled action do its work, commits included."""
        with freeze_time(moment or datetime.now()), self.enter_registry_test_mode():
            self.env.cr.precommit.run()
            self.assertIs(self.cron.method_direct_trigger(), True)
        self.env.invalidate_all()

    def ledger(self, rule, *states):
        """Return the rows of a rule, oldest moment first."""
        domain = [("rule_id", "=", rule.id)]
        if states:
            domain.append(("state", "in", states))
        return self.env["base.automation.due"].search(domain, order="due_at, res_id")
