"""Rules in plain words, with the labels and names of the database."""

from odoo.tests import Form, tagged

from .common import RuleCase


@tagged("post_install", "-at_install")
class TestRuleSentence(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.env["res.partner.category"].create({"name": "VIP"})
        cls.belgium = cls.env.ref("base.be")

    def field_of(self, name):
        return self.env["ir.model.fields"]._get("res.partner", name).id

    def assertSaid(self, expected, action=None, **vals):
        """Assert the opening and the conditions of a rule that sets the reference."""
        rule = self.make_rule(action, **vals)
        self.assertEqual(rule.sentence, expected)
        return rule

    def test_changes_of_fields(self):
        """From and to are named as people know them."""
        change = {"trigger": "on_field_change", "change_field_id": self.field_of("type")}
        end = "set the reference to “hit”."
        self.assertSaid(
            "When the address type of a contact changes from Contact to Invoice or Delivery, "
            + end,
            **change,
            change_from="contact",
            change_to="invoice, delivery",
        )
        self.assertSaid(f"When the address type of a contact changes, {end}", **change)
        self.assertSaid(
            f"When the country of a contact changes to Belgium, {end}",
            trigger="on_field_change",
            change_field_id=self.field_of("country_id"),
            change_to="base.be",
        )
        self.assertSaid(
            f"When VIP is removed from the tags of a contact, {end}",
            trigger="on_field_change",
            change_field_id=self.field_of("category_id"),
            change_movement="removed",
            change_to=str(self.vip.id),
        )

    def test_conditions(self):
        """Both filters are told apart, and nothing of a domain's notation is left."""
        self.assertSaid(
            "When a contact is changed, if the country is Belgium, “Email” is not empty, and "
            "before the change, the name contains “x”, then set the reference to “hit”.",
            trigger="on_update",
            filter_domain=repr([("country_id", "=", self.belgium.id), ("email", "!=", False)]),
            filter_pre_domain="[('name', 'ilike', 'x')]",
        )

    def test_every_stock_trigger_says_something_of_its_own(self):
        """No trigger of Odoo falls back to its help, and none names a technical field."""
        created = self.env["ir.model.fields"]._get("res.partner", "create_date")
        timed = {"trg_date_range": 3, "trg_date_range_type": "day", "trg_date_id": created.id}
        rules = {
            "on_create": {},
            "on_create_or_write": {},
            "on_write": {},
            "on_unlink": {},
            "on_archive": {},
            "on_unarchive": {},
            "on_message_received": {},
            "on_message_sent": {},
            "on_webhook": {},
            "on_time": {**timed, "trg_date_range_mode": "before"},
            "on_time_created": timed,
            "on_time_updated": timed,
        }
        said = {
            trigger: self.make_rule(trigger=trigger, **vals).sentence.split(", set ")[0]
            for trigger, vals in rules.items()
        }
        self.assertEqual(
            said,
            {
                "on_create": "When a contact is created",
                "on_create_or_write": "When a contact is created or changed",
                "on_write": "When a contact is changed",
                "on_unlink": "When a contact is deleted",
                "on_archive": "When a contact is archived",
                "on_unarchive": "When a contact is taken out of the archive",
                "on_message_received": "When a message from outside is posted on a contact",
                "on_message_sent": "When one of your users posts a message on a contact",
                "on_webhook": "When another system calls the address of this rule for a contact",
                "on_time": "3 days before the created on of a contact",
                "on_time_created": "3 days after a contact was created",
                "on_time_updated": "3 days after a contact was last changed",
            },
        )

    def test_triggers_beyond_the_record(self):
        """Paths are read from their end, lines by what happens to them."""
        end = "set the reference to “hit”."
        self.assertSaid(
            f"When the country of the related company of a contact changes, {end}",
            trigger="on_related_change",
            related_path="parent_id.country_id",
        )
        name = self.env["ir.model.fields"]._get("res.partner", "function").id
        lines = {"trigger": "on_line_change", "line_field_id": self.field_of("child_ids")}
        said = {
            "any": "When something in the contact of a contact is added, changed or removed",
            "added": "When something is added to the contact of a contact",
            "removed": "When something is removed from the contact of a contact",
            "changed": "When the job position of the contact of a contact changes",
        }
        for event, opening in said.items():
            fields = [(6, 0, [name] if event == "changed" else [])]
            self.assertSaid(f"{opening}, {end}", **lines, line_event=event, line_field_ids=fields)

    def test_actions(self):
        """What is done is said with the values, and under which condition of its own."""
        line = {"field_id": self.field_of("category_id"), "value": str(self.vip.id)}
        text = {"field_id": self.field_of("function"), "value_type": "template", "value": "Boss"}
        self.assertSaid(
            "When a contact is created, add VIP to the tags and set the job position to “Boss” "
            "(only if the country is Belgium) and run the code “Tidy up”.",
            [
                {
                    "state": "object_write",
                    "value_line_ids": [(0, 0, line), (0, 0, text)],
                    "condition_domain": repr([("country_id", "=", self.belgium.id)]),
                },
                self.code("pass", name="Tidy up"),
            ],
            trigger="on_create",
        )

    def test_language_of_the_reader(self):
        """Labels and names are those of the reader's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.partner.category"].browse(self.vip.id).with_context(
            lang="fr_FR"
        ).name = "Choyé"
        rule = self.make_rule(filter_domain=repr([("category_id", "in", [self.vip.id])]))
        self.assertIn("VIP", rule.sentence)
        self.assertIn("Choyé", rule.with_context(lang="fr_FR").sentence)

    def test_the_form_speaks_while_it_is_filled(self):
        """A rule need not be saved to be read, and half a rule is no error."""
        with Form(self.env["base.automation"]) as form:
            form.name = "Rule"
            form.model_id = self.partner_model
            self.assertFalse(form.sentence)
            form.trigger = "on_field_change"
            self.assertIn("nothing happens yet", form.sentence)
            form.change_field_id = self.env["ir.model.fields"]._get("res.partner", "function")
            self.assertIn("When the job position of a contact changes", form.sentence)
            form.filter_domain = "[('name', '='"
            self.assertIn("formula", form.sentence)
            form.filter_domain = "[('name', '=', 'x')]"

    def test_deleted_record_in_a_filter(self):
        """A filter may outlive the record it names."""
        gone = self.env["res.partner.category"].create({"name": "Gone"})
        rule = self.make_rule(filter_domain=repr([("category_id", "in", [gone.id])]))
        gone.unlink()
        rule.invalidate_recordset()
        self.assertIn(f"a record that no longer exists ({gone.id})", rule.sentence)

    def test_names_of_many_rules_are_read_together(self):
        """A list of rules costs no statement more for each rule in it."""
        tags = self.env["res.partner.category"].create([{"name": str(n)} for n in range(12)])
        rules = self.env["base.automation"].union(
            *(self.make_rule(filter_domain=repr([("category_id", "in", [tag.id])])) for tag in tags)
        )

        def read(some):
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            return self.queries_of(lambda: some.mapped("sentence"))

        read(rules)
        self.assertEqual(read(rules[:2]), read(rules))
