"""Rules that fire once for all changes that are saved together."""

from odoo.tests import tagged

from .common import RuleCase

NOTE = "record.write({'ref': '%s%s>%s;' % (record.ref or '', old.function, new.function)})"


class Undone(Exception):
    """Raised to roll a savepoint back."""


class CollapseCase(RuleCase):
    """``cr.flush`` is what a commit does first, so it stands for one here."""

    def note_rule(self, **vals):
        vals = {"fields": ["function"], "fire_mode": "collapse", "trigger": "on_update", **vals}
        return self.make_rule(self.code(NOTE), **vals)

    def saved(self, partners):
        """Save everything; return the notes of the rule, and forget them."""
        self.env.cr.flush()
        notes = partners.mapped("ref")
        partners.with_context(automation_skip=True).write({"ref": False})
        self.env.cr.execute("SELECT count(*) FROM base_automation_pending")
        self.assertEqual(self.env.cr.fetchone()[0], 0, "nothing stays behind")
        return notes


@tagged("post_install", "-at_install")
class TestCollapse(CollapseCase):
    def test_first_old_and_last_new_value(self):
        """Three changes are one firing, at the end."""
        self.note_rule()
        partners = self.make_partners(2, function="a")
        partners.function = "b"
        partners[0].function = "c"
        partners.function = "d"
        self.assertEqual(partners.mapped("ref"), [False, False])
        self.assertEqual(self.saved(partners), ["a>d;", "a>d;"])
        self.assertEqual(self.saved(partners), [False, False])

    def test_record_named_twice(self):
        """A recordset may hold a record twice; that is one change."""
        self.note_rule()
        partner = self.make_partners(1, function="a")
        (partner + partner).write({"function": "b"})
        self.assertEqual(self.saved(partner), ["a>b;"])

    def test_back_to_the_first_value(self):
        """Records that end up as they were do not fire, others do."""
        self.note_rule()
        partners = self.make_partners(2, function="a")
        partners.function = "b"
        partners[0].function = "a"
        self.assertEqual(self.saved(partners), [False, "a>b;"])

    def test_deleted_meanwhile(self):
        """Deleted records do not fire."""
        self.note_rule()
        partners = self.make_partners(2, function="a")
        partners.function = "b"
        partners[0].unlink()
        self.assertEqual(self.saved(partners[1]), ["a>b;"])

    def test_new_records_fire_once(self):
        """A creation and what follows are one firing; there is nothing old."""
        self.make_rule(
            self.code("record.write({'ref': '%s %s' % (bool(old), record.function)})"),
            fields=["function"],
            fire_mode="collapse",
        )
        partner = self.make_partners(1, function="a")
        partner.function = "b"
        self.assertEqual(self.saved(partner), ["False b"])

    def test_old_value_of_a_field_written_first(self):
        """The old value of a field the rule does not watch is its first one too."""
        self.make_rule(
            self.code("record.write({'ref': '%s>%s' % (old.city, record.city)})"),
            fields=["function"],
            fire_mode="collapse",
            trigger="on_update",
            filter_change="old.city == 'Mons'",
        )
        partner = self.make_partners(1, function="a", city="Mons")
        partner.city = "Namur"
        partner.city = "Liège"
        self.assertEqual(self.saved(partner), [False])
        partner.with_context(automation_skip=True).city = "Mons"
        partner.city = "Namur"
        partner.function = "b"
        partner.city = "Liège"
        self.assertEqual(self.saved(partner), ["Mons>Liège"])

    def test_filters_see_the_first_and_the_last_state(self):
        """Before: as it was before the first change. After: as it is at the end."""
        self.note_rule(
            filter_pre_domain="[('function', '=', 'a')]", filter_domain="[('function', '=', 'c')]"
        )
        partners = self.make_partners(3, function="a")
        partners[1].with_context(automation_skip=True).function = "z"
        partners[1].function = "a"
        partners.function = "b"
        partners[:2].function = "c"
        self.assertEqual(self.saved(partners), ["a>c;", False, False])

    def test_field_change_trigger(self):
        """From and to are compared with the first and the last value."""
        field = self.env["ir.model.fields"]._get("res.partner", "function")
        self.note_rule(
            trigger="on_field_change",
            change_field_id=field.id,
            change_from="a",
            change_to="c",
            fields=None,
        )
        partners = self.make_partners(2, function="a")
        partners.function = "b"
        partners[0].function = "c"
        self.assertEqual(self.saved(partners), ["a>c;", False])

    def test_values_of_all_kinds(self):
        """Old values of every type of field survive the wait."""
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        tags = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.make_rule(
            self.code(
                "record.write({'ref': '|'.join([old.country_id.code, old.category_id.name, "
                "str(old.active), str(old.partner_latitude), str(old.color), "
                "str(old.comment), str(old.type)])})"
            ),
            fields=["country_id"],
            fire_mode="collapse",
            trigger="on_update",
        )
        partner = self.make_partners(
            1,
            country_id=belgium.id,
            category_id=[(6, 0, tags[0].ids)],
            partner_latitude=1.5,
            color=7,
            comment="<p>x</p>",
            type="invoice",
        )
        values = {
            "country_id": france.id,
            "category_id": [(6, 0, tags[1].ids)],
            "active": False,
            "partner_latitude": 2,
            "color": 8,
            "comment": "y",
            "type": "other",
        }
        partner.write(values)
        self.assertEqual(self.saved(partner), ["BE|A|True|1.5|7|<p>x</p>|invoice"])

    def test_number_of_statements(self):
        """Collecting is one statement per change, whatever the numbers of records and rules."""
        few, many = self.make_partners(5, function="a"), self.make_partners(50, function="a")
        skipping = {"automation_skip": True}
        for _number in range(4):
            self.note_rule()
        for value in ("warm", "without"):
            few[0].write({"function": value})
            without = self.queries_of(
                lambda v=value: few[0].with_context(**skipping).write({"function": v + "!"})
            )
        for partners in (few, many):
            count = self.queries_of(lambda records=partners: records.write({"function": "c"}))
            self.assertEqual(count, without + 1)

    def test_rules_start_each_other_once(self):
        """What the collected firings change is collected too; no rule fires twice on a record."""
        self.note_rule(sequence=1)
        self.make_rule(
            self.code("record.write({'function': record.function + '!'})"),
            fields=["function"],
            fire_mode="collapse",
            trigger="on_update",
            sequence=2,
        )
        self.make_rule(
            self.code("record.write({'street': record.city})"),
            fields=["city", "street"],
            fire_mode="collapse",
        )
        partner = self.make_partners(1, function="a", city="Mons")
        self.saved(partner)
        partner.write({"function": "b"})
        self.assertEqual(self.saved(partner), ["a>b;"])
        self.assertEqual((partner.function, partner.street), ("b!", "Mons"))

    def test_loop_of_new_records_ends(self):
        """A rule that creates records it fires on is stopped."""
        self.make_rule(
            self.code("env['res.partner'].create({'name': 'next'})"),
            name="Creates",
            trigger="on_create",
            fire_mode="collapse",
        )
        with self.assertRaisesRegex(Exception, "start each other.*Creates"):
            with self.env.cr.savepoint(flush=False):
                self.make_partners(1)
                self.env.cr.flush()
        self.env.cr.clear()

    def test_paused_before_it_fires(self):
        """A rule that is paused in the same transaction does not fire any more."""
        rule = self.note_rule()
        partner = self.make_partners(1, function="a")
        partner.function = "b"
        rule.paused = True
        self.assertEqual(self.saved(partner), [False])

    def test_stop_others(self):
        """A collected rule stops collected rules after it."""
        self.note_rule(sequence=1, stop_others=True)
        self.note_rule(sequence=2)
        partner = self.make_partners(1, function="a")
        partner.function = "b"
        self.assertEqual(self.saved(partner), ["a>b;"])

    def test_collected_changes_keep_their_user(self):
        """A rule fires in the name of the user who made the first change."""
        user = self.env["res.users"].create({"name": "Clerk", "login": "collapse-clerk"})
        user.group_ids += self.env.ref("base.group_partner_manager")
        self.make_rule(
            self.code("record.write({'ref': env.user.login})"),
            fields=["function"],
            fire_mode="collapse",
            trigger="on_update",
        )
        partners = self.make_partners(2, function="a")
        partners[0].with_user(user).function = "b"
        partners[1].function = "b"
        self.assertEqual(self.saved(partners), ["collapse-clerk", self.env.user.login])


@tagged("post_install", "-at_install")
class TestCollapseSavepoints(CollapseCase):
    """Savepoints flush too, and are no end of the transaction."""

    def test_savepoint_that_is_kept(self):
        """Neither the start nor the end of a savepoint lets the rule fire."""
        self.note_rule()
        partner = self.make_partners(1, function="a")
        partner.function = "b"
        with self.env.cr.savepoint():
            self.assertFalse(partner.ref)
            partner.function = "c"
        self.assertFalse(partner.ref)
        partner.function = "d"
        self.assertEqual(self.saved(partner), ["a>d;"])

    def test_savepoint_that_is_rolled_back(self):
        """What was changed inside is forgotten, what was changed before is not."""
        self.note_rule()
        partners = self.make_partners(2, function="a")
        partners[0].function = "b"
        with self.assertRaises(Undone), self.env.cr.savepoint():
            partners.function = "c"
            raise Undone
        self.assertEqual(self.saved(partners), ["a>b;", False])

    def test_first_change_inside_a_savepoint(self):
        """A savepoint opened before anything was collected is recognised as well."""
        self.note_rule()
        partners = self.make_partners(2, function="a")
        with self.env.cr.savepoint():
            partners[0].function = "b"
        self.assertFalse(partners[0].ref)
        with self.assertRaises(Undone), self.env.cr.savepoint():
            partners[1].function = "b"
            raise Undone
        self.assertEqual(self.saved(partners), ["a>b;", False])

    def test_nested_savepoints(self):
        """Only what the innermost rolled-back savepoint holds is forgotten."""
        self.note_rule()
        partners = self.make_partners(3, function="a")
        with self.env.cr.savepoint():
            partners[0].function = "b"
            with self.assertRaises(Undone), self.env.cr.savepoint():
                partners[:2].function = "c"
                with self.env.cr.savepoint():
                    partners[2].function = "c"
                raise Undone
            partners[0].function = "d"
        self.assertEqual(self.saved(partners), ["a>d;", False, False])

    def test_savepoints_of_the_rule_itself(self):
        """An isolating rule opens savepoints while the collected changes fire."""
        self.note_rule(on_error="isolate", sequence=2)
        self.make_rule(
            self.code("raise UserError('no') if record.name == 'Partner 1' else None"),
            fields=["function"],
            fire_mode="collapse",
            trigger="on_update",
            on_error="isolate",
            sequence=1,
        )
        partners = self.make_partners(2, function="a")
        partners.function = "b"
        partners.function = "c"
        self.assertEqual(self.saved(partners), ["a>c;", "a>c;"])

    def test_blocking_rule_keeps_the_transaction_from_ending(self):
        """An error of a blocking rule comes out of the flush, and undoes what fired before."""
        self.note_rule(sequence=1)
        self.make_rule(
            {"state": "code", "code": "raise UserError('not like this')"},
            fields=["function"],
            fire_mode="collapse",
            trigger="on_update",
            sequence=2,
        )
        partner = self.make_partners(1, function="a")
        with self.assertRaisesRegex(Exception, "not like this"), self.env.cr.savepoint():
            partner.function = "b"
            self.env.cr.flush()
        self.assertEqual(self.saved(partner), [False])
        self.assertEqual(partner.function, "a")
