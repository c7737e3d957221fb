from odoo.tests import HttpCase, tagged

#: Waits for an element, then says so in the way the test runner understands.
_WAIT_FOR = """
(async () => {
    for (let turn = 0; turn < 200; turn++) {
        if (document.querySelector(%r)) {
            console.log("test successful");
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    console.error("not found: " + %r + " in " + document.body.innerText.slice(0, 500));
})();
"""
#: Opens the gear menu of a form, chooses the runs of its record and waits for their list.
_GEAR_MENU = """
(async () => {
    const wait = async (what, found) => {
        for (let turn = 0; turn < 200; turn++) {
            const element = found();
            if (element) return element;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error("waited in vain for " + what);
    };
    const find = (selector) => document.querySelector(selector);
    (await wait("the gear", () => find(".o_form_view .o_cp_action_menus .fa-cog"))).click();
    (await wait("the entry", () => find(".o_server_action_engine_record_runs"))).click();
    const row = await wait("a run", () => find(".o_list_view .o_data_row"));
    if (!row.innerText.includes("Seen in the browser")) throw new Error(row.innerText);
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""
_READY = "Boolean(window.odoo && odoo.loader && odoo.loader.modules.size)"


@tagged("post_install", "-at_install")
class TestRunLogInTheBrowser(HttpCase):
    """In debug mode, in which Odoo's client checks what widgets declare."""

    def setUp(self):
        super().setUp()
        self.action = self.env["ir.actions.server"].create(
            {
                "name": "Seen in the browser",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": "record.write({'ref': 'seen'})",
            }
        )
        self.partner = self.env["res.partner"].create({"name": "Looked at"})

    def see(self, url, selector):
        self.browser_js(url, _WAIT_FOR % (selector, selector), _READY, login="admin", timeout=90)

    def test_timeline_of_a_run(self):
        """The form of a run shows its steps."""
        self.action.with_context(
            active_model="res.partner", active_ids=self.partner.ids, active_id=self.partner.id
        ).run()
        run = self.env["server.action.run"].search([("action_id", "=", self.action.id)])
        self.see(f"/odoo/automation-runs/{run.id}?debug=1", ".o_server_action_engine_step")

    def test_gear_menu_of_any_record_leads_to_its_runs(self):
        """The form of a record shows the runs that worked on it."""
        self.action.with_context(
            active_model="res.partner", active_ids=self.partner.ids, active_id=self.partner.id
        ).run()
        self.env["server.action.run"].search([("action_id", "=", self.action.id)])
        url = f"/odoo/action-base.action_partner_form/{self.partner.id}?debug=1"
        self.browser_js(url, _GEAR_MENU, _READY, login="admin", timeout=90)

    def test_report_of_a_dry_run(self):
        """The wizard shows the value that would change."""
        wizard = (
            self.env["server.action.dry.run"]
            .with_user(self.env.ref("base.user_admin"))
            .create(
                {
                    "action_id": self.action.id,
                    "choose_by": "ids",
                    "record_ids_text": str(self.partner.id),
                }
            )
        )
        wizard.action_dry_run()
        action = self.env.ref("server_action_engine.server_action_dry_run_action")
        self.see(
            f"/odoo/action-{action.id}/{wizard.id}?debug=1",
            "[data-kind=changed] .o_server_action_engine_after",
        )
