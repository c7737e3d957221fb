import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** Send a signal to many records, and see what became of each. */
export class MassSignalDialog extends Component {
    static template = "workflow_engine.MassSignalDialog";
    static components = { Dialog };
    static props = { resModel: String, resIds: Array, close: Function };

    setup() {
        this.orm = useService("orm");
        this.title = _t("Send Workflow Signal");
        this.state = useState({ signals: [], sent: null, report: null, isBusy: false });
        onWillStart(async () => {
            const { resModel, resIds } = this.props;
            this.state.signals = await this.orm.call(resModel, "workflow_mass_signals", [resIds]);
        });
    }

    get count() {
        return this.props.resIds.length;
    }

    async send(signal) {
        const { resModel, resIds } = this.props;
        this.state.isBusy = true;
        try {
            this.state.report = await this.orm.call(resModel, "workflow_mass_signal", [
                resIds,
                signal.signal,
            ]);
            this.state.sent = signal;
        } finally {
            this.state.isBusy = false;
        }
    }
}
