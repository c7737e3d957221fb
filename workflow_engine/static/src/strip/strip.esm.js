import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { HistoryDialog } from "./history_dialog.esm";
import { WhereDialog } from "./where_dialog.esm";

/** Where a record is in its workflows, and what can be done with it now. */
export class WorkflowStrip extends Component {
    static template = "workflow_engine.Strip";
    static props = { record: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({ panel: null, sending: "" });
        this.keepLast = new KeepLast();
        useRecordObserver(({ resModel, resId, dirty }) => {
            // Conditions look at what is saved.
            if (resId && !dirty) {
                this.load(resModel, resId);
            }
        });
    }

    async load(model, id) {
        if (this.shownId !== id) {
            // The signals of the record before are not those of this one.
            this.state.panel = null;
            this.shownId = id;
        }
        this.state.panel = await this.keepLast.add(
            this.orm.silent.call(model, "workflow_panel", [[id]]),
        );
    }

    get instances() {
        return this.state.panel?.instances || [];
    }

    get signals() {
        return this.state.panel?.signals || [];
    }

    isFailed(activity) {
        return ["error", "blocked"].includes(activity.state);
    }

    /** Send a signal for the record as it is on the screen, and show what came of it. */
    async send(signal) {
        if (!signal.allowed) {
            this.explain(signal.label, signal.message);
            return;
        }
        if (this.state.sending) {
            return;
        }
        this.state.sending = signal.signal;
        try {
            const { record } = this.props;
            if (await record.save()) {
                await this.sendSaved(record, signal);
            }
        } finally {
            this.state.sending = "";
        }
    }

    async sendSaved(record, signal) {
        const { model, resModel, resId } = record;
        const answer = await this.orm.call(resModel, "workflow_panel_signal", [
            [resId],
            signal.signal,
        ]);
        if (answer.message) {
            this.explain(signal.label, answer.message);
        }
        await model.load();
        if (answer.action) {
            await this.action.doAction(answer.action, { onClose: () => model.load() });
        }
    }

    explain(label, reason) {
        this.notification.add(reason, {
            type: "warning",
            title: _t("“%s” is not possible", label),
        });
    }

    showWhere() {
        const { resModel, resId } = this.props.record;
        this.dialog.add(WhereDialog, { resModel, resId });
    }

    showHistory() {
        const { resModel, resId } = this.props.record;
        this.dialog.add(HistoryDialog, { resModel, resId });
    }
}
