import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { WorkflowDiagram } from "../diagram/diagram.esm";

/** Where a record is, in the picture of its workflow, and which way it has come. */
export class WhereDialog extends Component {
    static template = "workflow_engine.WhereDialog";
    static components = { Dialog, WorkflowDiagram };
    static props = { resModel: String, resId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.title = _t("Where is it?");
        this.state = useState({ found: [], chosen: 0 });
        onWillStart(async () => {
            const { resModel, resId } = this.props;
            this.state.found = await this.orm.call(resModel, "workflow_diagrams", [[resId]]);
        });
    }

    get shown() {
        return this.state.found[this.state.chosen];
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
            target: "new",
        });
    }
}
