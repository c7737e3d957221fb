import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** Entry of the debug menu of any model: its automation rules. */
export function modelRules({ action, env }) {
    if (!action.res_model || !user.isSystem) {
        return null;
    }
    return {
        type: "item",
        description: _t("Automations on this model"),
        callback: async () => {
            const domain = [["model", "=", action.res_model]];
            const [modelId] = await env.services.orm.search("ir.model", domain, { limit: 1 });
            await env.services.action.doAction("base_automation_ext.base_automation_action", {
                additionalContext: {
                    search_default_model_id: modelId,
                    default_model_id: modelId,
                },
            });
        },
        sequence: 255,
        section: "ui",
    };
}

registry.category("debug").category("action").add("base_automation_ext.model_rules", modelRules);
