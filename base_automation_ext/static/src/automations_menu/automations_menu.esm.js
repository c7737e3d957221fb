import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** Entry of the debug menu of any view: the automation rules of its model. */
export function automationsOfModel({ action, env }) {
    if (!action?.res_model || !user.isSystem) {
        return null;
    }
    return {
        type: "item",
        description: _t("Automations on this Model"),
        callback: async () => {
            const rules = await env.services.orm.call(
                "base.automation",
                "action_open_rules_of_model",
                [action.res_model],
            );
            return env.services.action.doAction(rules);
        },
        sequence: 255,
        section: "ui",
    };
}

registry
    .category("debug")
    .category("action")
    .add("base_automation_ext.automations_of_model", automationsOfModel);
