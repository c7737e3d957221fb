import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** Entry of the gear menu of any form: the runs that worked on the record. */
export class RecordRuns extends Component {
    static template = "server_action_engine.RecordRuns";
    static components = { DropdownItem };
    static props = {};

    async open() {
        const { resModel, resId } = this.env.model.root;
        // Choosing the entry closes the menu and destroys this component; services taken with
        // `useService` would never answer.
        const { orm, action } = this.env.services;
        const runs = await orm.call("server.action.run", "action_open_runs_of", [resModel, resId]);
        return action.doAction(runs);
    }
}

registry.category("cogMenu").add(
    "server_action_engine.record_runs",
    {
        Component: RecordRuns,
        groupNumber: 40,
        isDisplayed: (env) =>
            user.isSystem &&
            env.config.viewType === "form" &&
            Boolean(env.model?.root?.resId) &&
            !["server.action.run", "server.action.step"].includes(env.model.root.resModel),
    },
    { sequence: 20 },
);
