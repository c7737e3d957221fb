import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { WorkflowDiagram } from "./diagram.esm";

/** The diagram on the form of a workflow or of one of its versions, with the number of tokens. */
export class DiagramWidget extends Component {
    static template = "workflow_engine.DiagramWidget";
    static components = { WorkflowDiagram };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ diagrams: [], chosen: 0, isLoaded: false });
        this.keepLast = new KeepLast();
        useRecordObserver(({ resModel, resId, dirty }) => {
            // What is typed changes nothing before it is saved.
            if (resId && !dirty) {
                this.load(resModel, resId);
            }
        });
    }

    async load(model, id) {
        const found = await this.keepLast.add(this.orm.call(model, "diagram_data", [[id]]));
        this.state.diagrams = Array.isArray(found) ? found : [found];
        this.state.chosen = Math.min(this.state.chosen, this.state.diagrams.length - 1);
        this.state.isLoaded = true;
    }

    get diagram() {
        return this.state.diagrams[Math.max(0, this.state.chosen)];
    }

    choose(number) {
        this.state.chosen = number;
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("workflow_diagram", { component: DiagramWidget });
