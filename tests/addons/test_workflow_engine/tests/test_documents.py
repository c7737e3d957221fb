"""Sale, purchase, invoice and picking, chained by subflows, in the profile of the old engine.

The definitions are files in the way they used to be written, loaded as they are.
"""

from pathlib import Path

from odoo.tests import new_test_user, tagged
from odoo.tools.convert import convert_xml_import

from odoo.addons.workflow_engine.tests.common import WorkflowCase

FOLDER = Path(__file__).parents[3] / "fixtures" / "openerp" / "workflow"
NAMES = ("invoice", "picking", "sale", "purchase")


@tagged("post_install", "-at_install")
class TestDocuments(WorkflowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in NAMES:
            with (FOLDER / f"{name}_workflow.xml").open("rb") as stream:
                convert_xml_import(cls.env, "test_workflow_engine", stream, {}, "init")

    def confirmed_sale(self, **vals):
        sale = self.env["test.wkf.sale"].create({"amount": 100, **vals})
        sale.signal_workflow("order_confirm")
        return sale

    def deliver(self, picking):
        picking.signal_workflow("button_confirm")
        picking.move_ids.action_assign()
        picking.signal_workflow("button_done")

    def pay(self, invoice):
        invoice.signal_workflow("invoice_open")
        self.env["test.wkf.payment"].create({"invoice_id": invoice.id, "amount": invoice.amount})
        self.env.flush_all()

    def test_the_files_are_as_they_were(self):
        for name in NAMES:
            workflow = self.env.ref(f"test_workflow_engine.wkf_{name}")
            self.env[workflow.osv].create({})
            self.assertEqual((workflow.state, workflow.profile), ("published", "openerp"))

    def test_a_sale_that_is_delivered_and_paid(self):
        sale = self.confirmed_sale()
        self.assertEqual((sale.state, self.where(sale)), ("progress", ["invoice", "ship"]))
        self.assertEqual((sale.invoice_ids.state, sale.picking_ids.state), ("draft", "draft"))
        self.deliver(sale.picking_ids)
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertEqual(self.where(sale), ["invoice"])
        self.pay(sale.invoice_ids)
        self.assertEqual((sale.invoice_ids.state, sale.state), ("paid", "done"))
        self.assertEqual((self.where(sale), self.state(sale)), (["done"], ["complete"]))
        # A paid invoice is no end: it may be opened again.
        self.assertEqual(self.state(sale.invoice_ids), ["active"])

    def test_goods_that_come_one_by_one(self):
        """The picking looks again whenever one of its moves says so."""
        picking = self.confirmed_sale().picking_ids
        picking.signal_workflow("button_confirm")
        picking.move_ids[0].action_assign()
        self.assertEqual(picking.state, "confirmed")
        picking.move_ids[1].action_assign()
        self.assertEqual(picking.state, "assigned")

    def test_a_cancelled_invoice_is_an_exception_of_the_sale(self):
        sale = self.confirmed_sale()
        sale.invoice_ids.signal_workflow("invoice_cancel")
        self.assertEqual(sale.state, "invoice_except")
        self.assertEqual(self.where(sale), ["ship", "invoice_except"])
        sale.signal_workflow("invoice_recreate")
        first, second = sale.invoice_ids.sorted("id")
        self.assertEqual((first.state, second.state), ("cancel", "draft"))
        self.pay(second)
        self.deliver(sale.picking_ids)
        self.assertEqual(sale.state, "done")

    def test_cancelling_ends_all_branches(self):
        sale = self.confirmed_sale()
        sale.picking_ids.signal_workflow("button_cancel")
        self.assertEqual(sale.state, "shipping_except")
        sale.signal_workflow("cancel")
        self.assertEqual((sale.state, sale.invoice_ids.state), ("cancel", "cancel"))
        self.assertEqual((self.where(sale), self.state(sale)), (["cancel"], ["complete"]))

    def test_a_payment_taken_back_opens_the_invoice(self):
        invoice = self.env["test.wkf.invoice"].create({"amount": 50})
        self.pay(invoice)
        self.assertEqual(invoice.state, "paid")
        invoice.signal_workflow("open_test")
        self.assertEqual(invoice.state, "paid")
        invoice.payment_ids.unlink()
        self.env.flush_all()
        invoice.signal_workflow("open_test")
        self.assertEqual(invoice.state, "open")

    def test_a_small_purchase_needs_no_approval(self):
        purchase = self.env["test.wkf.purchase"].create({"amount": 999})
        purchase.signal_workflow("purchase_confirm")
        self.assertEqual(purchase.state, "approved")
        self.assertEqual(self.where(purchase), ["invoice", "picking"])

    def test_a_large_purchase_is_approved_by_a_member_of_the_group(self):
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        boss = new_test_user(self.env, "boss", groups="base.group_user,base.group_partner_manager")
        purchase = self.env["test.wkf.purchase"].with_user(clerk).create({"amount": 1000})
        purchase.signal_workflow("purchase_confirm")
        self.assertEqual(purchase.state, "confirmed")
        report = purchase.workflow_signal_report("purchase_approve")[purchase.id]
        self.assertEqual(report["reason"], "role")
        purchase.with_user(boss).signal_workflow("purchase_approve")
        self.assertEqual(purchase.state, "approved")
        self.pay(purchase.invoice_id)
        self.deliver(purchase.picking_id)
        self.assertEqual((purchase.state, self.state(purchase)), ("done", ["complete"]))

    def test_two_hundred_sales_at_once(self):
        """They share their statements as far as their actions do."""
        sales = self.env["test.wkf.sale"].create([{"amount": 10}] * 200)
        sales.signal_workflow("order_confirm")
        self.assertEqual(set(sales.mapped("state")), {"progress"})
        invoices = sales.invoice_ids
        self.assertEqual(len(invoices), 200)
        invoices.signal_workflow("invoice_cancel")
        self.assertEqual(set(sales.mapped("state")), {"invoice_except"})
