import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { WorkflowStrip } from "./strip.esm";

/** Forms of models that have a workflow show it above the record; their views know nothing of it. */
patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        this.workflowModels = this.env.services["workflow_engine.models"];
    },

    get workflowStrip() {
        const { resId } = this.model.root;
        return resId && this.workflowModels?.has(this.props.resModel) ? WorkflowStrip : null;
    },
});
