import { UPDATE_METHODS } from "@web/core/orm_service";
import { registry } from "@web/core/registry";
import { rpcBus } from "@web/core/network/rpc";

const METHODS = [...UPDATE_METHODS, "action_pause", "action_resume"];

/** Rules put buttons into views: whoever saves a rule sees them without reloading the page. */
export const viewCachesService = {
    start() {
        rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) => {
            const { model, method } = detail.data?.params || {};
            if (model === "base.automation" && METHODS.includes(method)) {
                rpcBus.trigger("CLEAR-CACHES", "get_views");
            }
        });
    },
};

registry.category("services").add("base_automation_ext.view_caches", viewCachesService);
