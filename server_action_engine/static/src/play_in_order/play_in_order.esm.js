import { registry } from "@web/core/registry";

/**
 * Run one action and wait until the user is done with it: a dialog until it is closed, a report
 * until it is downloaded, a window or page until it is shown.
 */
async function playOne(env, action, options) {
    const doAction = (extra) => env.services.action.doAction(action, { ...options, ...extra });
    if (action.target !== "new" || action.type === "ir.actions.act_url") {
        return doAction({});
    }
    return new Promise((resolve, reject) => {
        doAction({ onClose: resolve }).catch(reject);
    });
}

/** Run the actions in `params.actions` one after the other. */
export async function playInOrder(env, action, options = {}) {
    const { additionalContext } = options;
    for (const next of action.params.actions) {
        // eslint-disable-next-line no-await-in-loop -- one after the other is the point
        await playOne(env, next, { additionalContext });
    }
    if (options.onClose) {
        await options.onClose();
    }
}

registry.category("actions").add("server_action_engine.play_in_order", playInOrder);
