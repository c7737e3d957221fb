"""The counter beside the text of an SMS, in a real browser."""

from odoo.tests import HttpCase, new_test_user, tagged

SCRIPT = """
    const link = document.querySelector(".o_sms_count a");
    const text = document.querySelector(".o_sms_count").textContent;
    if (!text.includes("13/160")) throw new Error("counted " + text);
    if (Boolean(link) !== %s) throw new Error("the link: " + Boolean(link));
    console.log("test successful");
"""


@tagged("post_install", "-at_install")
class TestCounterBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateways = cls.env["sms.gateway"]
        cls.gateways.search([]).active = False
        cls.admin = cls.env.ref("base.user_admin")
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Text",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "state": "sms",
                "sms_text": "Hello [you]",
            }
        )

    def check_link(self, is_there):
        self.browser_js(
            f"/odoo/action-base.action_server_action/{self.action.id}",
            f"try {{ {SCRIPT % ('true' if is_there else 'false')} }}"
            " catch (error) { console.error(error.message); }",
            "!!document.querySelector('.o_sms_count')",
            login="admin",
        )

    def test_the_price_of_odoos_provider_stands_where_that_sends(self):
        """Not where a gateway of the company, or of the action, does."""
        self.gateways.create({"name": "For nothing in particular", "kind": "memory"})
        self.gateways.create({"name": "France", "kind": "memory", "prefixes": "+33"})
        self.check_link(True)
        gateway = self.gateways.create({"name": "Ours", "kind": "memory"})
        self.action.sms_gateway_id = gateway
        self.check_link(False)
        self.action.sms_gateway_id = False
        self.admin.company_id.sms_gateway_id = gateway
        self.check_link(False)

    def test_whoever_works_here_hears_which_companies_have_a_gateway(self):
        company = self.env["res.company"].create({"name": "Another"})
        gateway = self.gateways.create({"name": "Its own", "kind": "memory"})
        gateway.company_ids = company
        user = new_test_user(
            self.env,
            "sms_clerk",
            groups="base.group_user",
            password="sms_clerk_pw",
            company_ids=[(6, 0, (self.env.company + company).ids)],
            company_id=self.env.company.id,
        )
        self.authenticate(user.login, "sms_clerk_pw")
        info = self.make_jsonrpc_request("/web/session/get_session_info", {})
        self.assertEqual(info["sms_gateway_company_ids"], company.ids)
