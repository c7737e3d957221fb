"""The type cards and the actions played in order, in a real browser."""

from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestFlowBrowser(HttpCase):
    def test_actions_are_played_one_after_the_other(self):
        """The second window opens when the dialog of the first is closed."""
        self.browser_js(
            "/odoo",
            """
            const wait = async (what, found) => {
                for (let i = 0; i < 300; i++) {
                    if (found()) return;
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                throw new Error("waited in vain for " + what);
            };
            (async () => {
                // The page the web client starts with would take the place of what comes before it.
                await wait("the first page", () =>
                    document.querySelector(".o_action_manager").children.length
                );
                const action = odoo.__WOWL_DEBUG__.root.env.services.action;
                const window = (model, view, target) => ({
                    type: "ir.actions.act_window", res_model: model, name: model,
                    views: [[false, view]], target, context: {},
                });
                const done = action.doAction({
                    type: "ir.actions.client",
                    tag: "server_action_engine.play_in_order",
                    params: { actions: [
                        window("res.partner", "form", "new"),
                        window("res.country", "list", "current"),
                    ] },
                });
                const dialog = () => document.querySelector(".modal .o_form_view");
                const countries = () => document.querySelector(".o_list_view .o_data_row");
                await wait("the dialog", dialog);
                if (countries()) throw new Error("the second action did not wait");
                document.querySelector(".modal .btn-close").click();
                await wait("the list", countries);
                await done;
                console.log("test successful");
            })().catch((error) => console.error(error.message));
            """,
            "odoo.isReady",
            login="admin",
        )

    def test_type_is_chosen_from_cards(self):
        """Clicking a card changes the type, explains it, and shows its fields."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Cards",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "dummy",
            }
        )
        self.browser_js(
            f"/odoo/action-base.action_server_action/{action.id}",
            """
            const wait = async (what, found) => {
                for (let i = 0; i < 300; i++) {
                    if (found()) return;
                    await new Promise((resolve) => setTimeout(resolve, 100));
                }
                throw new Error("waited in vain for " + what);
            };
            const find = (selector) => document.querySelector(selector);
            (async () => {
                for (const card of document.querySelectorAll("[name=state] .btn")) {
                    if (!card.querySelector(".fa") || !card.title) {
                        throw new Error("incomplete card: " + card.innerText);
                    }
                }
                find(`[name=state] .btn[value='"branch"']`).click();
                await wait("the fields of the type", () => find("[name=branch_condition]"));
                await wait("the explanation", () =>
                    find("[name=state]").innerText.includes("if a condition is met"));
                find(".o_form_button_cancel").click();
                await wait("the form to be discarded", () => !find("[name=branch_condition]"));
                console.log("test successful");
            })().catch((error) => console.error(error.message));
            """,
            "!!document.querySelector('.o_server_action_engine_cards .btn')",
            login="admin",
        )
