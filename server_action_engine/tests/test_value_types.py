"""Mapped values for every type of field."""

import json
from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import EngineCase

#: field of res.partner, type of value, text, value expected
# fmt: off
_PARTNER_CASES = [
    ("is_company", "value", "true", True),
    ("is_company", "value", "no", False),
    ("is_company", "equation", "'False'", False),
    ("is_company", "path", "category_id", True),
    ("is_company", "path", "bank_ids", False),
    ("color", "value", "7", 7),
    ("color", "equation", "'8'", 8),
    ("color", "equation", "record", "ID"),
    ("color", "path", "id", "ID"),
    ("color", "template", "[[ object.id ]]", "ID"),
    ("partner_latitude", "value", "1.25", 1.25),
    ("partner_latitude", "equation", "object.color + 0.5", 3.5),
    ("x_mapping_amount", "value", "12.5", 12.5),
    ("x_mapping_amount", "path", "color", 3.0),
    ("ref", "value", "  A  ", "  A  "),
    ("ref", "value", "", False),
    ("ref", "equation", "record.color", "3"),
    ("ref", "equation", "record.color - 3", "0"),
    ("ref", "path", "country_id", "France"),
    ("ref", "path", "type", "Contact"),
    ("ref", "path", "color", "3"),
    ("ref", "reference", "base.us", "United States"),
    ("ref", "template", "[[ object.name ]]-{{ record.color }}", "Main-3"),
    ("ref", "template", "[[ object.website ]]", False),
    ("comment", "value", "<p>a <b>b</b></p>", "<p>a <b>b</b></p>"),
    ("comment", "template", "<p>[[ object.function ]]</p>", "<p>A &amp; &lt;B&gt;</p>"),
    ("comment", "path", "function", "<p>A &amp; &lt;B&gt;</p>"),
    ("x_mapping_day", "value", "2026-12-31", date(2026, 12, 31)),
    ("x_mapping_day", "value", "today +3d", date(2026, 11, 26)),
    ("x_mapping_day", "equation", "datetime.datetime(2026, 1, 2, 3)", date(2026, 1, 2)),
    ("x_mapping_day", "equation", "'2026-01-02'", date(2026, 1, 2)),
    ("x_mapping_day", "path", "x_mapping_moment", date(2026, 11, 11)),
    ("x_mapping_moment", "value", "2026-12-31 10:11:12", datetime(2026, 12, 31, 10, 11, 12)),
    ("x_mapping_moment", "value", "now -1d", datetime(2026, 11, 21, 23, 30)),
    ("type", "value", "delivery", "delivery"),
    ("type", "equation", "'delivery'", "delivery"),
    ("type", "equation", "False", False),
    ("country_id", "value", "base.us", "base.us"),
    ("country_id", "value", "United States", "base.us"),
    ("country_id", "value", "ref('base.us')", "base.us"),
    ("country_id", "value", "", False),
    ("country_id", "equation", "ref('base.us')", "base.us"),
    ("country_id", "equation", "ref('base.us').id", "base.us"),
    ("country_id", "equation", "str(ref('base.us').id)", "base.us"),
    ("country_id", "equation", "'base.us'", "base.us"),
    ("country_id", "equation", "None", False),
    ("country_id", "reference", "base.us", "base.us"),
    ("country_id", "path", "parent_id.country_id", "base.fr"),
    ("country_id", "path", "parent_id.country_id.id", "base.fr"),
    ("category_id", "value", "New, Other", ["New", "Old", "Other"]),
    ("category_id", "value", '["New"]', ["New", "Old"]),
    ("category_id", "value", "[[5], [0, 0, {\"name\": \"Made\"}]]", ["Made"]),
    ("category_id", "equation", "['New']", ["New", "Old"]),
    ("category_id", "equation", "obj.category_id.search([('name', '=', 'New')])", ["New", "Old"]),
    ("category_id", "equation", "[(6, 0, [])]", []),
    ("category_id", "equation", "False", ["Old"]),
    ("category_id", "path", "parent_id.category_id", ["Old", "Other"]),
    ("child_ids", "value", '[{"name": "Child"}]', ["Child"]),
    ("properties", "value", '{"Color": "red"}', {"color": "red", "size": 3}),
    ("properties", "equation", "{'size': record.color + 1}", {"color": "blue", "size": 4}),
]
# fmt: on


@tagged("post_install", "-at_install", "server_action_engine")
class TestValueTypes(EngineCase):
    """Each kind of value ends up in each kind of field as its author means."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "Asia/Tokyo"
        cls._add_partner_fields()
        cls.env["properties.base.definition"]._get_definition_for_property_field(
            "res.partner", "properties"
        ).properties_definition = [
            {"name": "color", "string": "Color", "type": "char"},
            {"name": "size", "string": "Size", "type": "integer"},
        ]
        tags = {
            name: cls.env["res.partner.category"].create({"name": name})
            for name in ("Old", "New", "Other")
        }
        parent = cls.env["res.partner"].create(
            {
                "name": "Parent",
                "country_id": cls.env.ref("base.fr").id,
                "category_id": [Command.set(tags["Other"].ids)],
            }
        )
        cls.main = cls.env["res.partner"].create(
            {
                "name": "Main",
                "color": 3,
                "function": "A & <B>",
                "parent_id": parent.id,
                "category_id": [Command.set(tags["Old"].ids)],
                "x_mapping_moment": "2026-11-10 20:00:00",
                "properties": {"color": "blue", "size": 3},
            }
        )

    @classmethod
    def _add_partner_fields(cls):
        added = {"monetary": "amount", "date": "day", "datetime": "moment"}
        cls.env["ir.model.fields"].create(
            [
                {
                    "name": "x_currency_id",
                    "ttype": "many2one",
                    "relation": "res.currency",
                    "model_id": cls.partner_model.id,
                    "field_description": "Currency",
                }
            ]
            + [
                {
                    "name": f"x_mapping_{name}",
                    "ttype": ttype,
                    "model_id": cls.partner_model.id,
                    "field_description": name.title(),
                    "currency_field": "x_currency_id" if ttype == "monetary" else False,
                }
                for ttype, name in added.items()
            ]
        )

    def _write(self, name, value_type, value, operation="add"):
        action = self.new_action(
            "object_write",
            value_line_ids=[
                Command.create(
                    {
                        "field_id": self.field(name).id,
                        "value_type": value_type,
                        "value": value,
                        "operation": operation,
                    }
                )
            ],
        )
        self.assertFalse(self.run_on(action, self.main))
        return action

    def _stored(self, name):
        self.env.flush_all()
        self.env.invalidate_all()
        value, field = self.main[name], self.main._fields[name]
        if field.type in ("many2many", "one2many"):
            return sorted(value.mapped("name"))
        if field.type == "many2one":
            return value.get_external_id()[value.id] if value else False
        if field.type == "properties":
            return dict(value)
        return value

    @freeze_time("2026-11-22 23:30:00")
    def test_every_type_of_field_takes_every_type_of_value(self):
        """Each value of the table is stored with the type of its field."""
        for name, value_type, text, expected in _PARTNER_CASES:
            with self.subTest(name=name, value_type=value_type, text=text):
                savepoint = self.env.cr.savepoint(flush=True)
                try:
                    self._write(name, value_type, text)
                    if expected == "ID":
                        expected = self.main.id
                    self.assertEqual(self._stored(name), expected)
                finally:
                    savepoint.close(rollback=True)
                    self.env.invalidate_all(flush=False)

    def test_the_operation_says_what_happens_to_several_records(self):
        """Adding, replacing, removing and clearing are told apart."""
        for operation, expected in [
            ("add", ["New", "Old"]),
            ("set", ["New"]),
            ("remove", ["Old"]),
            ("clear", []),
        ]:
            with self.subTest(operation=operation):
                self._write("category_id", "value", "Old", "set")
                self._write("category_id", "value", "New", operation)
                self.assertEqual(self._stored("category_id"), expected)

    def test_a_sequence_gives_each_record_its_own_number(self):
        """One number per record, found by id, external id or code."""
        sequence = self.env["ir.sequence"].create(
            {"name": "Mapping", "code": "engine.mapping", "prefix": "M", "padding": 3}
        )
        self.env["ir.model.data"].create(
            {
                "module": "engine_test",
                "name": "mapping_sequence",
                "model": "ir.sequence",
                "res_id": sequence.id,
            }
        )
        records = self.partners[:2]
        for number, text in enumerate(
            [str(sequence.id), "engine_test.mapping_sequence", "engine.mapping"]
        ):
            action = self.new_action(
                "object_write",
                value_line_ids=[
                    Command.create(
                        {"field_id": self.field("ref").id, "value_type": "sequence", "value": text}
                    )
                ],
            )
            self.run_on(action, records)
            self.assertEqual(
                records.mapped("ref"), [f"M00{2 * number + 1}", f"M00{2 * number + 2}"]
            )

    def test_references_json_and_ids_of_any_model(self):
        """Fields that point to any model and JSON fields are set too."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Make",
                "model_id": self.partner_model.id,
                "state": "object_create",
                "crud_model_id": self.env["ir.model"]._get_id("ir.ui.menu"),
                "value_line_ids": [
                    Command.create({"field_id": self.field("name", "ir.ui.menu").id, "value": "X"}),
                    Command.create(
                        {
                            "field_id": self.field("action", "ir.ui.menu").id,
                            "value": "base.action_partner_form",
                        }
                    ),
                ],
            }
        )
        self.run_on(action, self.main)
        menu = self.env["ir.ui.menu"].search([("name", "=", "X")])
        self.assertEqual(menu.action, self.env.ref("base.action_partner_form"))

        action = self.env["ir.actions.server"].create(
            {
                "name": "Make",
                "model_id": self.partner_model.id,
                "state": "object_create",
                "crud_model_id": self.env["ir.model"]._get_id("mail.tracking.value"),
                "value_line_ids": [
                    Command.create(
                        {
                            "field_id": self.field("field_info", "mail.tracking.value").id,
                            "value": '{"a": [1, null]}',
                        }
                    ),
                    Command.create(
                        {
                            "field_id": self.field("mail_message_id", "mail.tracking.value").id,
                            "value_type": "equation",
                            "value": "record.message_post(body='x')",
                        }
                    ),
                ],
            }
        )
        self.run_on(action, self.main)
        tracking = self.main.message_ids[0].sudo().tracking_value_ids
        self.assertEqual(tracking.field_info, json.loads('{"a": [1, null]}'))

        action = self.env["ir.actions.server"].create(
            {
                "name": "Attach",
                "model_id": self.partner_model.id,
                "state": "object_create",
                "crud_model_id": self.env["ir.model"]._get_id("ir.attachment"),
                "value": "note.txt",
                "value_line_ids": [
                    Command.create(
                        {
                            "field_id": self.field("res_model", "ir.attachment").id,
                            "value": "res.partner",
                        }
                    ),
                    Command.create(
                        {
                            "field_id": self.field("res_id", "ir.attachment").id,
                            "value_type": "equation",
                            "value": "record",
                        }
                    ),
                ],
            }
        )
        self.run_on(action, self.main)
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "=", self.main.id),
                ("name", "=", "note.txt"),
            ]
        )
        self.assertEqual(len(attachment), 1)
