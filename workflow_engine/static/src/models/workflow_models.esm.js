import { reactive } from "@odoo/owl";
import { UPDATE_METHODS } from "@web/core/orm_service";
import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

const DEFINITIONS = ["workflow", "workflow.version", "server.action.import"];
const METHODS = [...UPDATE_METHODS, "action_publish", "action_retire", "action_import"];

/**
 * The models that have a workflow. The page brings them along, so that forms of other models ask
 * nothing; who changes a definition sees the change without loading the page again.
 */
export const workflowModelsService = {
    dependencies: ["orm"],
    start(_env, { orm }) {
        const state = reactive({ names: session.workflow_models || [] });
        rpcBus.addEventListener("RPC:RESPONSE", async ({ detail }) => {
            const { model, method } = detail.data?.params || {};
            if (DEFINITIONS.includes(model) && METHODS.includes(method)) {
                state.names = await orm.silent.call("workflow", "models_with_workflow", []);
            }
        });
        return { has: (model) => state.names.includes(model) };
    },
};

registry.category("services").add("workflow_engine.models", workflowModelsService);
