import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { ListController } from "@web/views/list/list_controller";
import { MassSignalDialog } from "./mass_signal_dialog.esm";

/** Lists of models that have a workflow offer to send a signal to the chosen records. */
patch(ListController.prototype, {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems(...arguments);
        items.workflow_signal = {
            isAvailable: () =>
                Boolean(this.env.services["workflow_engine.models"]?.has(this.props.resModel)),
            sequence: 35,
            icon: "fa fa-sitemap",
            description: _t("Send Workflow Signal"),
            callback: () => this.sendWorkflowSignal(),
        };
        return items;
    },

    async sendWorkflowSignal() {
        const resIds = await this.model.root.getResIds(true);
        this.dialogService.add(
            MassSignalDialog,
            { resModel: this.props.resModel, resIds },
            { onClose: () => this.model.load() },
        );
    },
});
