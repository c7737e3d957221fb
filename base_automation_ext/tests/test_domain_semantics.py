"""Compiled domains mean what Odoo means."""

import itertools

from odoo.tests import tagged

from odoo.addons.server_action_engine.core.domain import compile_domain

from ..models.event_view import EventView
from ..models.rule_entry import make_filter
from .common import RuleCase

LEAVES = [
    ("name", "=", "Ana"),
    ("name", "!=", "Ana"),
    ("name", "in", ["Ana", False]),
    ("name", "not in", ["Ana", "Béa"]),
    ("name", "<", "B"),
    ("name", ">=", "Béa"),
    ("name", "ilike", "é"),
    ("name", "not ilike", "AN"),
    ("name", "like", "An"),
    ("ref", "=", False),
    ("ref", "!=", False),
    ("ref", "=", ""),
    ("ref", ">", ""),
    ("ref", "<=", "a"),
    ("ref", "not like", "x"),
    ("color", "=", 0),
    ("color", "!=", 0),
    ("color", "=", False),
    ("color", ">", 0),
    ("color", "<", 1),
    ("color", "in", [0, 3]),
    ("color", "not in", [3]),
    ("partner_latitude", ">=", 0.5),
    ("partner_latitude", "=", 0.5),
    ("partner_latitude", "<=", 0),
    ("is_company", "=", True),
    ("is_company", "!=", True),
    ("is_company", "=", False),
    ("is_company", "in", [True, False]),
    ("type", "=", "contact"),
    ("type", "!=", "contact"),
    ("type", "in", ["contact", False]),
    ("type", "=", False),
    ("country_id", "=", False),
    ("country_id", "!=", False),
    ("country_id", "in", [1, False]),
    ("country_id", "not in", [1, 2]),
]


@tagged("post_install", "-at_install")
class TestDomainSemantics(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = itertools.product(
            ["Ana", "Béa", "xan"],
            [False, "a", "x"],
            [
                (0, 0.0, False, "contact", False),
                (3, 0.5, True, "other", 1),
                (1, -2.0, True, False, 2),
            ],
        )
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "ref": ref,
                    "color": color,
                    "partner_latitude": latitude,
                    "is_company": company,
                    "type": kind,
                    "country_id": country,
                }
                for name, ref, (color, latitude, company, kind, country) in rows
            ]
        )

    def check(self, domain):
        rule_filter = make_filter(self.env["res.partner"], repr(domain))
        self.assertIsNotNone(rule_filter.compiled, domain)
        view = EventView(self.partners)
        found = view.at(view.select(rule_filter, view.everything))
        self.assertEqual(found, self.partners.filtered_domain(domain), domain)

    def test_every_plain_leaf_selects_what_odoo_selects(self):
        """Each operator on each plain type of field."""
        for leaf in LEAVES:
            self.check([leaf])
            self.check(["!", leaf])

    def test_combinations_select_what_odoo_selects(self):
        """Pairs of leaves under "and", "or" and their negations."""
        for first, second in itertools.combinations(LEAVES, 2):
            self.check(["&", first, second])
            self.check(["!", "|", first, "!", second])

    def test_fields_that_are_not_plain_are_left_to_odoo(self):
        """Paths, dates and lists of records are not compiled."""
        types = {name: field.type for name, field in self.partners._fields.items()}
        for leaf in [
            ("country_id.code", "=", "BE"),
            ("create_date", ">", "2020-01-01"),
            ("category_id", "in", [1]),
            ("country_id", "=", "Belgium"),
            ("name", "=ilike", "a%"),
        ]:
            self.assertIsNone(compile_domain([leaf], types), leaf)
