"""Due moments of real records: zones, calendars, ranges for SQL, and what reading them costs."""

from datetime import date, datetime, timedelta

from odoo.tests import new_test_user, tagged

from ..models import due_reader
from ..models.due_calendars import Calendars
from .test_due_fields import TimedCase


class ReaderCase(TimedCase):
    def moments(self, rule, records, **window):
        found = rule._due_reader().occurrences(records, **window)
        return [f"{one.moment:%Y-%m-%d %H:%M}" for _record, one in found]

    def partners_created(self, *moments, **vals):
        """Create partners and say when they were created."""
        partners = self.make_partners(len(moments), **vals)
        for partner, moment in zip(partners, moments, strict=True):
            self.env.cr.execute(
                "UPDATE res_partner SET create_date = %s WHERE id = %s", [moment, partner.id]
            )
        partners.invalidate_recordset()
        return partners

    def on_created(self, **vals):
        return self.make_timed("create_date", "res.partner", **vals)

    def rates(self, *days, company=None):
        return self.env["res.currency.rate"].create(
            [
                {
                    "name": day,
                    "rate": 2,
                    "currency_id": self.env.ref("base.EUR").id,
                    "company_id": (company or self.env.company).id,
                }
                for day in days
            ]
        )

    def on_rate(self, **vals):
        """Create a rule on a model with a date and a company."""
        return self.make_timed("name", "res.currency.rate", **vals)

    def close(self, calendar, day, company=None):
        """Let everybody of a calendar have a day off."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "company_id": (company or calendar.company_id or self.env.company).id,
                "date_from": datetime.combine(day, datetime.min.time()),
                "date_to": datetime.combine(day, datetime.max.time()).replace(microsecond=0),
            }
        )


@tagged("post_install", "-at_install")
class TestDueZones(ReaderCase):
    def test_a_date_is_that_of_the_zone(self):
        rule = self.on_rate(time_tz="Asia/Tokyo", trg_date_range_mode="before")
        self.assertEqual(self.moments(rule, self.rates(date(2026, 5, 10))), ["2026-05-06 15:00"])

    def test_zone_of_the_company(self):
        """Of its address, else of its working hours."""
        company = self.env["res.company"].create({"name": "Samoa"})
        company.partner_id.tz = "Pacific/Apia"
        rule = self.on_rate(time_zone_mode="company", trg_date_range=0, time_tz="Asia/Tokyo")
        rates = self.rates(date(2026, 5, 10), company=company)
        self.assertEqual(self.moments(rule, rates), ["2026-05-09 11:00"])
        company.partner_id.tz = False
        company.resource_calendar_id = self.make_calendar(tz="America/Lima")
        self.assertEqual(self.moments(rule, rates), ["2026-05-10 05:00"])

    def test_zone_of_the_user(self):
        """Without a user it is the one the rule names."""
        user = new_test_user(self.env, "due_user", tz="America/New_York")
        rule = self.on_created(time_zone_mode="user", time_has_hour=True, trg_date_range=1)
        moment = datetime(2026, 5, 10, 12)
        partners = self.partners_created(moment, moment)
        partners[0].user_id = user
        self.assertEqual(self.moments(rule, partners[0]), ["2026-05-11 12:00"])
        self.assertEqual(self.moments(rule, partners[1]), ["2026-05-11 08:00"])

    def test_records_without_a_date_are_never_due(self):
        partner = self.make_partners(1)
        rule = self.on_created()
        self.env.cr.execute("UPDATE res_partner SET create_date = NULL WHERE id = %s", partner.ids)
        partner.invalidate_recordset()
        self.assertFalse(self.moments(rule, partner))

    def test_order_and_window(self):
        rule = self.on_rate(time_repeats=True, time_times=3, trg_date_range=0)
        rates = self.rates(date(2026, 5, 11), date(2026, 5, 10))
        window = {"start": datetime(2026, 5, 11), "end": datetime(2026, 5, 12, 1)}
        found = rule._due_reader().occurrences(rates, **window)
        self.assertEqual(
            [(record, one.number, one.moment.day) for record, one in found],
            [(rates[0], 0, 11), (rates[1], 1, 11), (rates[0], 1, 12), (rates[1], 2, 12)],
        )


@tagged("post_install", "-at_install")
class TestDueCalendars(ReaderCase):
    def test_working_days(self):
        """Friday and 3 working days is Wednesday; a closing day makes it Thursday."""
        calendar = self.make_calendar()
        rule = self.on_rate(trg_date_calendar_id=calendar.id, time_has_hour=True)
        friday = self.rates(date(2026, 5, 8))
        self.assertEqual(self.moments(rule, friday), ["2026-05-13 08:00"])
        self.close(calendar, date(2026, 5, 12))
        self.assertEqual(self.moments(rule, friday), ["2026-05-14 08:00"])
        rule.trg_date_range_mode = "before"
        self.assertEqual(self.moments(rule, friday), ["2026-05-05 08:00"])

    def test_another_companys_closing_day(self):
        other = self.env["res.company"].create({"name": "Other"})
        calendar = self.make_calendar(company_id=self.env.company.id)
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed there",
                "calendar_id": False,
                "date_from": datetime(2026, 5, 12),
                "date_to": datetime(2026, 5, 12, 23, 59, 59),
            }
        )
        self.env.flush_all()
        # Odoo computes it from the company that whoever writes it has chosen.
        leave.company_id = other
        rule = self.on_rate(trg_date_calendar_id=calendar.id, time_has_hour=True)
        self.assertEqual(self.moments(rule, self.rates(date(2026, 5, 8))), ["2026-05-13 08:00"])

    def test_hours_are_those_of_odoos_calendar(self):
        """Both ways, over nights, weekends, a closing day, and the change of the clock."""
        calendar = self.make_calendar(tz="America/New_York")
        self.close(calendar, date(2026, 3, 5))
        working = Calendars().of(calendar)
        start = datetime(2026, 2, 27, 3)
        for step in range(60):
            moment = start + timedelta(hours=7 * step, minutes=13 * step)
            for hours in (0.25, 3, 8, 21.5, 100, -0.25, -3, -8, -21.5, -100):
                expected = calendar.plan_hours(hours, moment, compute_leaves=True)
                self.assertEqual(working.plan_hours(moment, hours), expected, (moment, hours))

    def test_days_are_those_of_odoos_calendar(self):
        """From the end of a day on, both count the same days."""
        calendar = self.make_calendar(tz="Asia/Tokyo")
        self.close(calendar, date(2026, 3, 5))
        working = Calendars().of(calendar)
        for number in range(30):
            day = date(2026, 2, 20) + timedelta(days=number)
            evening = datetime.combine(day, datetime.min.time()) + timedelta(hours=14, minutes=59)
            for count in (1, 4, 30):
                planned = calendar.plan_days(count, evening, compute_leaves=True)
                self.assertEqual(working.plan_days(day, count), planned.date(), (day, count))

    def test_calendar_of_the_record(self):
        """Its own, or that of its user; otherwise that of its company."""
        rule = self.on_created(time_working="record", trg_date_range=1)
        calendar = self.make_calendar(attendance_ids=[(5,)])
        calendar.attendance_ids = [
            (
                0,
                0,
                {"name": "Sunday", "dayofweek": "6", "hour_from": 8, "hour_to": 12},
            )
        ]
        user = new_test_user(self.env, "sunday_user", tz="UTC")
        self.env["resource.resource"].create(
            {"name": "S", "user_id": user.id, "calendar_id": calendar.id}
        )
        friday = datetime(2026, 5, 8, 10)
        partners = self.partners_created(friday, friday)
        partners[0].user_id = user
        self.assertEqual(self.moments(rule, partners[0]), ["2026-05-10 10:00"])
        self.assertEqual(self.moments(rule, partners[1]), ["2026-05-11 10:00"])

    def test_without_any_calendar_all_days_count(self):
        company = self.env["res.company"].create({"name": "Free"})
        company.resource_calendar_id = False
        rule = self.on_rate(time_working="company", trg_date_range=1)
        rates = self.rates(date(2026, 5, 8), company=company)
        self.assertEqual(self.moments(rule, rates), ["2026-05-09 00:00"])

    def test_another_modules_choice_of_calendar_counts(self):
        """Odoo's own hook, which modules may override."""
        sunday = self.make_calendar()
        sunday.attendance_ids.filtered(lambda line: line.dayofweek != "4").unlink()

        def _get_calendar(rule, automation, record):
            return sunday

        self.patch(type(self.env["base.automation"]), "_get_calendar", _get_calendar)
        rule = self.on_rate(trg_date_calendar_id=self.make_calendar().id, trg_date_range=1)
        self.assertEqual(self.moments(rule, self.rates(date(2026, 5, 8))), ["2026-05-15 00:00"])
        domain = rule._due_reader().domain(datetime(2026, 5, 15), datetime(2026, 5, 16))
        self.assertTrue(self.rates(date(2026, 5, 9)).filtered_domain(domain))

    def test_many_records_cost_as_much_as_few(self):
        """In SQL: calendars, companies and users are read together."""
        for mode, zone in (("record", "user"), ("company", "company")):
            counts = []
            for size in (4, 40):
                start = datetime(2026, 5, 8, 10)
                moments = [start + timedelta(hours=number) for number in range(size)]
                partners = self.partners_created(*moments)
                users = self.env["res.users"].search([])
                for number, partner in enumerate(partners):
                    partner.user_id = users[number % len(users)]
                rule = self.on_created(time_working=mode, time_zone_mode=zone)
                rule.sentence  # noqa: B018  # what the form reads is not counted
                self.env.flush_all()
                self.env.invalidate_all()
                counts.append(
                    self.queries_of(
                        lambda rule=rule, partners=partners: rule._due_reader().occurrences(
                            partners
                        )
                    )
                )
            self.assertLessEqual(counts[1], counts[0] + 2, (mode, counts))


@tagged("post_install", "-at_install")
class TestDueRanges(ReaderCase):
    def test_every_due_record_is_found(self):
        """And not half the table with it."""
        days = [date(2026, 3, 1) + timedelta(days=number) for number in range(90)]
        rates = self.rates(*days)
        for vals in (
            {},
            {"trg_date_range_mode": "before"},
            {"trg_date_range_type": "month", "trg_date_range": 1},
            {"time_working": "company"},
            {"time_working": "company", "trg_date_range_mode": "before"},
            {"time_zone_mode": "company", "time_has_hour": True},
            {"time_repeats": True, "time_every_unit": "week"},
        ):
            with self.subTest(vals):
                reader = self.on_rate(**vals)._due_reader()
                for number in range(0, 60, 7):
                    start = datetime(2026, 4, 1, 5) + timedelta(days=number)
                    end = start + timedelta(days=1)
                    expected = {one.id for one, _when in reader.occurrences(rates, start, end)}
                    found = rates.search([("id", "in", rates.ids), *reader.domain(start, end)])
                    self.assertLessEqual(expected, set(found.ids))
                    self.assertLess(len(found), 45)

    def test_ranges_of_dates_are_dates(self):
        reader = self.on_rate()._due_reader()
        found = reader.ranges(datetime(2026, 4, 4), datetime(2026, 4, 5))
        self.assertEqual(found, [(date(2026, 4, 1), date(2026, 4, 3))])

    def test_records_that_have_never_run(self):
        """Stock counts from the creation where the date of the last run is empty."""
        self.patch(due_reader, "_LAST_RUN_FIELD", "scheduled_date")
        mail = self.env["mail.mail"].create({"subject": "Never run"})
        reader = self.make_timed("scheduled_date", "mail.mail", trg_date_range=0)._due_reader()
        created = mail.create_date
        self.assertEqual(reader.value(mail), created)
        for days, is_found in ((-1, True), (5, False)):
            start = created + timedelta(days=days)
            domain = reader.domain(start, start + timedelta(days=2))
            self.assertEqual(bool(mail.filtered_domain(domain)), is_found)
