import { Component, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const LOOK = {
    yes: { icon: "fa-check-circle", color: "text-success", box: "alert-success" },
    no: { icon: "fa-times-circle", color: "text-danger", box: "alert-danger" },
    maybe: { icon: "fa-question-circle", color: "text-info", box: "alert-info" },
};

/** Why a rule runs on a record, or why not. */
export class Explain extends Component {
    static template = "base_automation_ext.Explain";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ report: null });
        this.keepLast = new KeepLast();
        useEffect(
            (ruleId, recordId) => {
                this.load(ruleId, recordId);
            },
            () => [this.props.record.data.rule_id?.id, this.props.record.data.record_id?.resId],
        );
    }

    async load(ruleId, recordId) {
        if (!ruleId || !recordId) {
            this.state.report = null;
            return;
        }
        this.state.report = await this.keepLast.add(
            this.orm.call("base.automation", "get_explanation", [[ruleId], recordId]),
        );
    }

    look(verdict) {
        return LOOK[verdict];
    }
}

registry.category("view_widgets").add("base_automation_explain", {
    component: Explain,
    fieldDependencies: [
        { name: "rule_id", type: "many2one" },
        { name: "record_id", type: "many2one_reference" },
    ],
});
