"""Messages of people: kept, whole, once."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from ..core.incoming import Part, Received
from ..core.smpp.bodies import Incoming
from ..models.smpp_arrivals import Arrivals

LOGGER = "odoo.addons.sms_action.models.sms_incoming"
UDHI, UCS2, INTERNATIONAL = 0x40, 8, 1


def piece(number, text, reference=7, total=2):
    header = bytes((5, 0, 3, reference, total, number))
    octets = header + text.encode("utf-16-be")
    return Incoming("31612345678", "4040", UDHI, UCS2, octets, {}, INTERNATIONAL)


@tagged("post_install", "-at_install", "sms_action")
class TestIncoming(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.messages = cls.env["sms.incoming"]
        cls.messages.search([]).unlink()
        cls.gateway = cls.env["sms.gateway"].create({"name": "SMSC", "kind": "memory"})

    def arrive(self, *arrivals):
        """Deliver as an SMPP session does; returns what there is then."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            kept = Arrivals(self.env.cr.dbname, self.gateway.id)(list(arrivals))
        self.assertEqual(kept, [True] * len(arrivals))
        self.env.invalidate_all()
        return self.messages.search([])

    def test_a_message_of_somebody(self):
        found = self.arrive(
            Incoming("31612345678", "4040", short_message=b"STOP", source_ton=INTERNATIONAL),
            Incoming("Shop", "4040", short_message=b"Hi"),
        )
        self.assertEqual(
            sorted((one.sender, one.recipient, one.text) for one in found),
            [("+31612345678", "4040", "STOP"), ("Shop", "4040", "Hi")],
        )
        self.assertEqual(found.gateway_id, self.gateway)

    def test_parts_in_any_order_and_again(self):
        """Rules see one message, whole; a part that is delivered again changes nothing."""
        self.assertFalse(self.arrive(piece(2, "world"), piece(2, "world")))
        found = self.arrive(piece(1, "Hello 😀 "))
        self.assertEqual(found.mapped("text"), ["Hello 😀 world"])
        self.assertEqual(found.part_count, 2)
        self.assertFalse(self.env["sms.incoming.part"].search([]))

    def test_a_reference_that_is_used_again(self):
        """Nothing of the older message is lost."""
        self.arrive(piece(1, "Old"))
        found = self.arrive(piece(1, "New "), piece(2, "one"))
        self.assertEqual(sorted(found.mapped("text")), ["New one", "Old[…]"])

    def test_a_part_that_never_comes(self):
        """After half a day there is what there is."""
        self.arrive(piece(2, "world", total=3))
        parts = self.env["sms.incoming.part"]
        parts._gc_parts()
        self.assertFalse(self.messages.search([]))
        part = parts.search([])
        part.received_at -= timedelta(hours=13)
        parts._gc_parts()
        self.assertEqual(self.messages.search([]).mapped("text"), ["[…]world[…]"])

    def test_what_is_handed_over_again_is_kept_once(self):
        message = Received("+31612345678", "+31687654321", "Hi", provider_id="SM1")
        self.messages._take(self.gateway.id, [message])
        self.messages._take(self.gateway.id, [message])
        self.assertEqual(len(self.messages.search([])), 1)
        other = self.env["sms.gateway"].create({"name": "Other", "kind": "memory"})
        self.messages._take(other.id, [message])
        self.assertEqual(len(self.messages.search([])), 2)

    def test_a_gateway_that_goes_takes_nothing_along(self):
        waiting = Received("Shop", "", "half", Part(1, 2, 1))
        self.messages._take(self.gateway.id, [Received("Shop", "", "Hi"), waiting])
        self.gateway.unlink()
        self.assertEqual(self.messages.search([]).mapped("text"), ["Hi"])
        self.assertEqual(self.env["sms.incoming.part"].search([]).mapped("text"), ["half"])

    def refuse(self, word):
        """Have a rule fail on messages with a word in their text."""
        source = f"if {word!r} in record.text:\n    raise UserError('no')\n"
        source += "if not record.recipient:\n    record.write({'recipient': 'seen'})"
        model_id = self.env["ir.model"]._get_id("sms.incoming")
        action = {"name": "Read", "model_id": model_id, "state": "code", "code": source}
        rule = {"name": "Read", "model_id": model_id, "trigger": "on_create_or_write"}
        self.env["base.automation"].create({**rule, "action_server_ids": [Command.create(action)]})

    def test_a_rule_that_fails_loses_nothing(self):
        """The gateway delivers again what is not kept, or never again."""
        self.refuse("bad")
        texts = ["good", "bad", "fine"]
        with self.assertLogs(LOGGER, "WARNING") as logs:
            self.messages._take(self.gateway.id, [Received("Shop", "", one) for one in texts])
        self.assertEqual(len(logs.output), 1)
        self.assertNotIn("bad", logs.records[0].getMessage())
        kept = {one.text: one.recipient for one in self.messages.search([])}
        self.assertEqual(kept, {"good": "seen", "bad": "", "fine": "seen"})
        with self.assertLogs(LOGGER, "WARNING"):
            found = self.arrive(piece(1, "very "), piece(2, "bad"))
        self.assertIn("very bad", found.mapped("text"))
        self.assertFalse(self.env["sms.incoming.part"].search([]))

    def test_only_administrators_read_them(self):
        self.messages._take(self.gateway.id, [Received("Shop", "", "Hi")])
        user = new_test_user(self.env, "clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.messages.with_user(user).search([])
