import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { triggerOf } from "../trigger_selection/trigger_options.esm";

/** What the chosen trigger waits for, in one sentence. */
export class TriggerHelp extends Component {
    static template = "base_automation_ext.TriggerHelp";
    static props = { ...standardWidgetProps };

    get trigger() {
        const key = this.props.record.data.trigger;
        return key && triggerOf(this.props.record, key);
    }
}

registry.category("view_widgets").add("base_automation_trigger_help", {
    component: TriggerHelp,
    fieldDependencies: [
        { name: "trigger", type: "selection" },
        { name: "trigger_catalogue", type: "json" },
    ],
});
