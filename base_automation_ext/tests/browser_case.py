"""The form of a rule in a real browser, driven by a few lines of JavaScript."""

from odoo.tests import HttpCase

HELPERS = """
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const wait = async (what, found) => {
        for (let i = 0; i < 600; i++) {
            const result = found();
            if (result) return result;
            await sleep(50);
        }
        throw new Error("waited in vain for " + what);
    };
    const find = (selector) => document.querySelector(selector);
    const all = (selector) => [...document.querySelectorAll(selector)];
    const input = () => find(".o_field_widget[name=trigger] input");
    const items = () => all(".o_select_menu_item").map((item) => item.textContent);
    const open = async () => {
        input().click();
        return wait("the menu", () => find(".o_select_menu_menu"));
    };
    const type = async (element, text) => {
        element.focus();
        // Getting the focus renders the input anew.
        await sleep(100);
        element.value = text;
        element.dispatchEvent(new InputEvent("input", { bubbles: true }));
    };
    const chooseModel = async (name) => {
        const model = find(".o_field_widget[name=model_id] input");
        model.click();
        await type(model, name);
        const entry = await wait("the model " + name, () =>
            all(".o-autocomplete--dropdown-menu a").find((item) => item.textContent === name));
        entry.click();
    };
    const isClean = () => !find(".o_form_status_indicator_buttons:not(.invisible)");
    const discard = async () => {
        find(".o_form_button_cancel")?.click();
        await wait("the form to be left", isClean);
    };
    const save = async () => {
        find(".o_form_button_save").click();
        await wait("the form to be saved", isClean);
    };
    const choose = async (selector, label) => {
        const item = await wait(label, () =>
            all(selector).find((one) => one.textContent.trim() === label));
        item.click();
        await sleep(100);
    };
    const check = (condition, what) => {
        if (!condition) throw new Error(what + ": " + JSON.stringify(items()));
    };
"""


class RuleFormCase(HttpCase):
    def run_js(self, script, path="new", leave="discard"):
        """Run a script on the form of a rule.

        :param path: id of the rule, or ``new``
        :param leave: helper that ends the editing: ``discard`` or ``save``
        """
        self.browser_js(
            f"/odoo/action-base_automation.base_automation_act/{path}",
            f"""{HELPERS}
            (async () => {{ {script} await {leave}(); console.log("test successful"); }})()
                .catch((error) => console.error(error.message));
            """,
            "!!document.querySelector('.o_form_view .o_field_widget[name=model_id] input')",
            login="admin",
        )
