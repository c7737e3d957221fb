"""Builders shared by the tests of gateways and messages."""

from odoo.tests import TransactionCase

from ..core.delivery import State
from ..core.outcome import Fate, Outcome

MOBILE = "+31612345678"


class GatewayCase(TransactionCase):
    """Two companies with a gateway each that keeps messages in memory; nothing leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.gateway = cls.new_gateway(company_ids=cls.company.ids, name="First")
        cls.elsewhere = cls.new_gateway(company_ids=cls.other.ids, name="Other's")

    def setUp(self):
        super().setUp()
        # What is kept in memory outlives the transaction.
        vars(self.env.registry).pop("_sms_action_memory", None)

    def run_queue(self):
        """Do what the scheduled action does."""
        with self.enter_registry_test_mode():
            self.env.ref("sms.ir_cron_sms_scheduler_action").method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def new_gateway(cls, **values):
        """Create a gateway of the kind memory."""
        return cls.env["sms.gateway"].create({"name": "Test", "kind": "memory", **values})

    def queue(self, *numbers, **values):
        """Put messages into the queue."""
        return self.env["sms.sms"].create(
            [{"number": number, "body": "Hello", **values} for number in numbers]
        )

    def sent_by(self, gateway):
        """Return the numbers and texts a gateway has got."""
        return [(one.to.value, one.text) for one in gateway._memory().sent]

    def message_of(self, sms):
        """Return the message of an SMS, with fresh values."""
        self.env.invalidate_all()
        return self.env["sms.message"].search([("uuid", "=", sms.uuid)])

    def report(self, gateway, *reports, reference=""):
        """Apply reports, given as pairs of the gateway's id and a state's name."""
        now = self.env.cr.now()
        self.env["sms.message"]._apply_reports(
            [(gateway, name, State(state), "", now, reference) for name, state in reports]
        )

    def trouble(self, gateway, fate, reason="server", **values):
        """Have the gateway answer so to the next message."""
        gateway._memory().outcomes.append(Outcome(Fate(fate), reason, "Because.", **values))
