"""Wake-ups are for full seconds."""

from datetime import datetime

from odoo.tests import tagged

from .due_case import DueCase


@tagged("post_install", "-at_install")
class TestDueWaking(DueCase):
    def test_moments_within_a_second(self):
        """One wake-up when the second is over: Odoo would leave one in it for a second call."""
        rules, over = self.env["base.automation"], datetime(2026, 3, 2, 6, 30, 1)
        with self.enter_registry_test_mode():
            rules._wake_by(over.replace(second=0, microsecond=1))
            self.assertEqual(self.planned, [over])
            rules._wake_by(over.replace(second=0, microsecond=2))
            self.assertEqual(self.planned, [over])
            rules._wake_at(over.replace(microsecond=3))
            self.assertEqual(self.planned, [over, over.replace(second=2)])

    def test_date_within_a_second(self):
        """Of a record whose date has more than seconds, as the date of its creation has."""
        self.timed(field="create_date", trg_date_range=1, trg_date_range_type="hour")
        leaf = self.leaves("2026-03-20 08:00:00")
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        self.env.cr.execute(
            "UPDATE resource_calendar_leaves SET create_date = '2026-03-02 06:00:00.4' "
            "WHERE id = %s",
            [leaf.id],
        )
        self.env.invalidate_all()
        leaf.name = "due again"
        self.env.flush_all()
        self.assertEqual(self.planned, [datetime(2026, 3, 2, 7, 0, 1)])
        self.run_cron("2026-03-02 07:00:01")
        self.assertEqual(leaf.name, "due again!")
