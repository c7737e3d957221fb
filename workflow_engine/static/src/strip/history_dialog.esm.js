import { Component, onWillStart } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const LOOK = {
    refused: "text-warning",
    failed: "text-danger",
    finish: "text-success",
};

/** What happened to a record in its workflows. */
export class HistoryDialog extends Component {
    static template = "workflow_engine.HistoryDialog";
    static components = { Dialog };
    static props = { resModel: String, resId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        this.title = _t("History");
        this.lines = [];
        onWillStart(async () => {
            const { resModel, resId } = this.props;
            this.lines = await this.orm.call(resModel, "workflow_history", [[resId]]);
        });
    }

    when(line) {
        return formatDateTime(deserializeDateTime(line.date));
    }

    look(line) {
        return LOOK[line.event] || "";
    }
}
