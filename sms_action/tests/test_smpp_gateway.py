"""Gateways over SMPP: their settings, and which messages a process looks after."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, TransactionCase, tagged

from ..core.concat import Joining
from ..core.smpp.bodies import Incoming
from ..models.smpp_arrivals import Arrivals


def report(provider_id, state="DELIVRD"):
    text = f"id:{provider_id} stat:{state} err:000"
    return Incoming("316", "Odoo", esm_class=4, short_message=text.encode())


@tagged("post_install", "-at_install", "sms_action")
class TestSmppGateway(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sms.gateway"].search([]).active = False
        cls.gateway = cls.env["sms.gateway"].create(cls.values())
        cls.env.company.sms_gateway_id = cls.gateway

    @staticmethod
    def values(**values):
        return {
            "name": "SMSC",
            "kind": "smpp",
            "smpp_host": "smpp.example.com",
            "account": "me",
            "secret": "s3cret-word",
            **values,
        }

    def test_settings_become_an_account(self):
        self.gateway.write(
            {
                "smpp_joining": "header16",
                "smpp_tls": True,
                "smpp_source_ton": "0",
                "smpp_destination_npi": "1",
                "per_second": 25.0,
            }
        )
        account = self.gateway._smpp_account("transmitter")
        self.assertEqual((account.host, account.port), ("smpp.example.com", 2775))
        self.assertEqual((account.system_id, account.password), ("me", "s3cret-word"))
        self.assertEqual((account.joining, account.reference_bits), (Joining.HEADER, 16))
        self.assertEqual((account.source_ton, account.source_npi), (0, None))
        self.assertEqual((account.destination_ton, account.destination_npi), (None, 1))
        self.assertEqual((account.bind, account.per_second, account.tls), ("transmitter", 25.0, 1))
        self.assertTrue(account.receipts)

    def test_the_form_has_sensible_defaults(self):
        """A name, a host and an account are enough."""
        with Form(self.env["sms.gateway"]) as form:
            form.name = "Another"
            form.kind = "smpp"
            form.smpp_host = "smpp.example.com"
            form.account = "me"
            form.secret = "s3cret-word"
        gateway = self.env["sms.gateway"].search([("name", "=", "Another")])
        account = gateway._smpp_account()
        self.assertEqual((account.port, account.window, account.bind), (2775, 10, "transceiver"))
        self.assertEqual(account.password, "s3cret-word")
        self.assertTrue(account.tls_check and account.receipts)

    def test_who_only_sends_asks_for_no_reports(self):
        self.gateway.smpp_bind = "transmitter"
        self.assertFalse(self.gateway._smpp_account("transmitter").receipts)

    def test_settings_that_cannot_be_used_are_refused(self):
        for wrong, said in (
            ({"smpp_host": False}, "a host"),
            ({"smpp_port": 70000}, "a port between"),
            ({"smpp_window": 0}, "a window"),
            ({"smpp_answer_seconds": 0.0}, "times above 0"),
            ({"smpp_gsm_coding": 256}, "codes from 0 to 255"),
        ):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(ValidationError, said),
                self.cr.savepoint(),
            ):
                self.gateway.write(wrong)

    def test_a_gateway_for_reports_only_sends_nothing(self):
        self.gateway.smpp_bind = "receiver"
        company = self.env.company
        self.assertFalse(self.gateway._choose(["+31612345678"], company)["+31612345678"])
        with self.assertRaisesRegex(UserError, "only gets reports"):
            self.gateway._transport()

    def test_parts_are_counted_as_this_gateway_cuts(self):
        count = self.gateway._part_count
        self.assertEqual([count("a" * 160), count("a" * 306), count("a" * 307)], [1, 2, 3])
        self.gateway.smpp_joining = "header16"
        self.assertEqual([count("a" * 304), count("a" * 305)], [2, 3])
        self.gateway.smpp_gsm_as_latin1 = True
        self.assertEqual([count("à" * 140), count("à" * 141)], [1, 2])

    def test_the_secret_stays_hidden(self):
        self.assertNotIn("s3cret", str(self.gateway.read()))
        self.assertNotIn("s3cret", repr(self.gateway._smpp_account()))

    def test_messages_of_a_held_gateway_are_left_alone(self):
        """By the process' lock, and no longer than that."""
        sms = self.env["sms.sms"].create({"number": "0612345678", "body": "Hello"})
        sms._get_sms_company().country_id = self.env.ref("base.nl")
        self.assertEqual(sms._by_gateway(), {self.gateway.id: sms})
        self.assertEqual(sms._without_held(), sms)
        self.assertFalse(self.gateway._is_held())
        self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x736D7070, self.gateway.id])
        self.assertTrue(self.gateway._is_held())
        self.assertFalse(sms._without_held())
        domain = [("id", "in", sms.ids)]
        self.assertFalse(self.env["sms.sms"]._queue_page(domain, 10))

    def test_the_queue_is_read_past_held_messages(self):
        """Statements depend on pages, and a queue full of held messages holds up nobody."""
        other = self.env["sms.gateway"].create({"name": "None", "kind": "memory"})
        sms = self.env["sms.sms"]
        vals = [{"number": "+31612345678", "body": str(one)} for one in range(5)]
        held = sms.create(vals)
        free = sms.create([{**one, "gateway_id": other.id} for one in vals])
        self.env.cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x736D7070, self.gateway.id])
        domain = [("id", "in", (held + free).ids)]
        self.assertEqual(sms._queue_page(domain, 3), free[:3])
        self.assertEqual(sms._queue_page(domain, 20), free)

    def test_a_message_nobody_can_take_is_not_left_to_the_process(self):
        sms = self.env["sms.sms"].create({"number": "no number", "body": "Hello"})
        self.assertEqual(sms._by_gateway(), {})

    def test_sessions_are_shown_while_their_process_lives(self):
        sessions = self.env["sms.gateway.session"]
        self.assertEqual(self.gateway.smpp_condition, "none")
        sessions._note(
            [
                (self.gateway.id, "transceiver", "host:1", "bound", None),
                (self.gateway.id, "transceiver", "host:2", "standby", None),
                (0, "transceiver", "host:1", "bound", None),
            ]
        )
        self.env.invalidate_all()
        self.assertEqual(self.gateway.smpp_condition, "bound")
        self.assertEqual(len(self.gateway.smpp_session_ids), 2)
        sessions._note([(self.gateway.id, "transceiver", "host:1", "refused", "No.")])
        self.env.invalidate_all()
        self.assertEqual(self.gateway.smpp_condition, "refused")
        self.assertIn("No.", self.gateway.smpp_session_ids.mapped("problem"))
        self.env.cr.execute("UPDATE sms_gateway_session SET seen_at = seen_at - interval '2 min'")
        self.env.invalidate_all()
        self.assertEqual(self.gateway.smpp_condition, "none")
        sessions._forget("host:1")
        self.env.invalidate_all()
        self.assertEqual(self.gateway.smpp_session_ids.mapped("process"), ["host:2"])

    def test_statements_for_reports_do_not_grow_with_them(self):
        arrivals = Arrivals(self.env.cr.dbname, self.gateway.id)
        self.enterContext(self.enter_registry_test_mode())
        arrivals([report("warm")])

        def statements(count, start):
            before = self.env.cr.sql_log_count
            kept = arrivals([report(f"r{number}") for number in range(start, start + count)])
            self.assertEqual(kept, [True] * count)
            return self.env.cr.sql_log_count - before

        self.assertEqual(statements(3, 0), statements(200, 100))

    def test_a_report_nobody_can_read_is_left_aside(self):
        """It would come again for ever otherwise."""
        arrivals = Arrivals(self.env.cr.dbname, self.gateway.id)
        self.enterContext(self.enter_registry_test_mode())
        strange = Incoming("316", "Odoo", esm_class=4, short_message=b"All went well")
        with self.assertLogs("odoo.addons.sms_action.models.smpp_arrivals", "WARNING") as logs:
            self.assertEqual(arrivals([strange, report("x1")]), [True, True])
        self.assertNotIn("well", str(logs.output))
        self.assertFalse(self.env["sms.incoming"].search([]))
