"""``object_create``: records with any number of values."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import EngineCase


@tagged("post_install", "-at_install", "server_action_engine")
class TestObjectCreate(EngineCase):
    """Records are created in one call and kept where the author wants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag_model = cls.env["ir.model"]._get("res.partner.category")

    def _line(self, name, value, value_type="value", model="res.partner"):
        return Command.create(
            {"field_id": self.field(name, model).id, "value_type": value_type, "value": value}
        )

    def _count_creates(self, action, records):
        calls = []
        original = type(self.env["res.partner"]).create

        def counting(partners, vals_list):
            calls.append(len(vals_list))
            return original(partners, vals_list)

        self.patch(type(self.env["res.partner"]), "create", counting)
        self.assertFalse(self.run_on(action, records))
        return calls

    def test_all_records_are_created_in_one_call(self):
        """Five mapped values, four records, one create."""
        action = self.new_action(
            "object_create",
            value_line_ids=[
                self._line("name", "Note on [[ object.name ]]", "template"),
                self._line("parent_id", "id", "path"),
                self._line("color", "record.color + 1", "equation"),
                self._line("type", "other"),
                self._line("country_id", "base.us", "reference"),
            ],
        )
        self.assertEqual(self._count_creates(action, self.partners), [4])
        made = self.partners.child_ids.sorted("id")
        self.assertEqual(made.mapped("name"), [f"Note on Partner {n}" for n in range(4)])
        self.assertEqual(made.mapped("color"), [1, 2, 3, 4])
        self.assertEqual(made.parent_id, self.partners)
        self.assertEqual(made.country_id, self.env.ref("base.us"))

    def test_stock_configuration_creates_by_name_and_links(self):
        """Without lines each record gets one new record with the name given."""
        action = self.new_action(
            "object_create",
            crud_model_id=self.tag_model.id,
            value="Stock",
            link_field_id=self.field("category_id").id,
        )
        self.run_on(action, self.partners[:2])
        tags = self.env["res.partner.category"].search([("name", "=", "Stock")])
        self.assertEqual(len(tags), 2)
        self.assertEqual(self.partners[0].category_id | self.partners[1].category_id, tags)
        self.assertEqual(len(self.partners[0].category_id), 1)

    def test_stock_configuration_without_a_record_creates_nothing(self):
        """As in stock Odoo: nothing to start from, nothing made."""
        action = self.new_action("object_create", crud_model_id=self.tag_model.id, value="None")
        action.run()
        self.assertFalse(self.env["res.partner.category"].search([("name", "=", "None")]))

    def test_a_mapping_without_a_record_creates_one(self):
        """A scheduled action creates a record from constants."""
        action = self.new_action(
            "object_create",
            crud_model_id=self.tag_model.id,
            value_line_ids=[
                self._line(
                    "name",
                    "'Weekly ' + str(len(records or []))",
                    "equation",
                    "res.partner.category",
                ),
            ],
        )
        action.run()
        self.assertEqual(
            len(self.env["res.partner.category"].search([("name", "=", "Weekly 0")])), 1
        )

    def test_the_name_of_the_action_form_is_kept_beside_lines(self):
        """The “Name” of the stock form fills the name unless a line does."""
        action = self.new_action(
            "object_create",
            crud_model_id=self.tag_model.id,
            value="From the form",
            value_line_ids=[self._line("color", "3", model="res.partner.category")],
            link_field_id=self.field("category_id").id,
        )
        self.run_on(action, self.partner)
        self.assertEqual(self.partner.category_id.name, "From the form")
        self.assertEqual(self.partner.category_id.color, 3)

    def test_the_new_record_is_kept_in_a_link_a_list_or_a_number(self):
        """Each kind of field that can keep it receives it."""
        for name in ("parent_id", "color", "child_ids"):
            with self.subTest(name=name):
                partner = self.env["res.partner"].create({"name": "Keeper"})
                action = self.new_action(
                    "object_create",
                    record_field_id=self.field(name).id,
                    value_line_ids=[self._line("name", "Kept")],
                )
                self.run_on(action, partner)
                made = self.env["res.partner"].search([("name", "=", "Kept")], order="id desc")[0]
                kept = partner[name]
                self.assertEqual(kept if isinstance(kept, int) else kept.id, made.id)

    def test_the_run_shows_the_labels_of_the_created_model(self):
        """A value of a tag is not labelled like the contact's field of the same name."""
        self.patch(self.env["res.partner.category"]._fields["color"], "string", "Tint")
        action = self.new_action(
            "object_create",
            crud_model_id=self.tag_model.id,
            value_line_ids=[
                self._line("name", "Labelled", model="res.partner.category"),
                self._line("color", "3", model="res.partner.category"),
            ],
        )
        self.run_on(action, self.partner)
        run = self.env["server.action.run"].search([("action_id", "=", action.id)])
        labels = {value["name"]: value["label"] for value in run.timeline[0]["values"]}
        self.assertEqual(labels["color"], "Tint")

    def test_a_field_that_cannot_keep_the_record_is_refused(self):
        """Wrong types and wrong models are refused when saved."""
        for name in ("name", "country_id"):
            with (
                self.subTest(name=name),
                self.assertRaisesRegex(ValidationError, "cannot keep the new record"),
            ):
                self.new_action("object_create", record_field_id=self.field(name).id)
        with self.assertRaisesRegex(ValidationError, "not a field of Contact"):
            self.new_action(
                "object_create", record_field_id=self.field("parent_id", "res.partner.category").id
            )

    def test_lines_of_one2many_create_their_records(self):
        """Commands of an equation make lines of the new record."""
        action = self.new_action(
            "object_create",
            value_line_ids=[
                self._line("name", "With lines"),
                self._line(
                    "child_ids",
                    "[Command.create({'name': c.name + ' copy'}) for c in record.child_ids]",
                    "equation",
                ),
            ],
        )
        self.partners[1:3].parent_id = self.partner
        self.run_on(action, self.partner)
        made = self.env["res.partner"].search([("name", "=", "With lines")])
        self.assertEqual(made.child_ids.mapped("name"), ["Partner 1 copy", "Partner 2 copy"])

    def test_properties_of_a_new_record_go_by_their_labels(self):
        """The definition comes from the record being created."""
        self.env["properties.base.definition"]._get_definition_for_property_field(
            "res.partner", "properties"
        ).properties_definition = [{"name": "color", "string": "Color", "type": "char"}]
        action = self.new_action(
            "object_create",
            value_line_ids=[
                self._line("name", "Painted"),
                self._line("properties", '{"Color": "green"}'),
            ],
        )
        self.run_on(action, self.partner)
        made = self.env["res.partner"].search([("name", "=", "Painted")])
        self.assertEqual(dict(made.properties), {"color": "green"})

    def test_the_number_of_queries_does_not_grow_like_single_creates(self):
        """Forty more records cost no forty more rounds."""
        action = self.new_action(
            "object_create",
            crud_model_id=self.tag_model.id,
            value_line_ids=[
                self._line("name", "name", "path", "res.partner.category"),
                self._line("color", "color", "path", "res.partner.category"),
            ],
            log_level="off",
        )
        many = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(50)])
        self.run_on(action, many[:1])
        counts = []
        for records in (many[:10], many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.run_on(action, records)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
