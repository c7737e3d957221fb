import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { STATIC_ACTIONS_GROUP_NUMBER } from "@web/search/action_menus/action_menus";
import { ActivityDialog } from "./activity_dialog.esm";

/** Entry of the menu of lists, and of other views of many records, of models with a workflow. */
export class ByActivityItem extends Component {
    static template = "workflow_engine.ByActivityItem";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.dialog = useService("dialog");
    }

    open() {
        this.dialog.add(ActivityDialog, { searchModel: this.env.searchModel });
    }
}

registry.category("cogMenu").add(
    "workflow_engine.by_activity",
    {
        Component: ByActivityItem,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: ({ config, searchModel, services }) =>
            config.actionType === "ir.actions.act_window" &&
            config.viewType !== "form" &&
            Boolean(services["workflow_engine.models"]?.has(searchModel?.resModel)),
    },
    { sequence: 35 },
);
