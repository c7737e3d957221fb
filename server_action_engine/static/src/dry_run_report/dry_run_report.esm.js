import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { RunTimeline, formatDuration } from "../run_timeline/run_timeline.esm";

const OUTGOING = {
    mail: { icon: "fa-envelope-o", label: _t("E-mail") },
    sms: { icon: "fa-mobile", label: _t("SMS") },
    webhook: { icon: "fa-globe", label: _t("Web call") },
    network: { icon: "fa-ban", label: _t("Connection refused") },
    task: { icon: "fa-clock-o", label: _t("Background task") },
    message: { icon: "fa-comment-o", label: _t("Message") },
    callback: { icon: "fa-hourglass-end", label: _t("After the commit") },
};

/** One record with its values before and after. */
export class DryRunRecords extends Component {
    static template = "server_action_engine.DryRunRecords";
    static props = { title: String, icon: String, records: Array, count: Number, kind: String };
}

/** What an action would do. */
export class DryRunReport extends Component {
    static template = "server_action_engine.DryRunReport";
    static components = { DryRunRecords, RunTimeline };
    static props = { ...standardFieldProps };

    get report() {
        return this.props.record.data[this.props.name];
    }

    get duration() {
        return formatDuration(this.report.duration_ms);
    }

    get nothing() {
        const { error, changed, created, deleted, outgoing } = this.report;
        return !error && !changed.length && !created.length && !deleted.length && !outgoing.length;
    }

    outgoing(item) {
        return OUTGOING[item.kind] || OUTGOING.callback;
    }
}

registry.category("fields").add("server_action_dry_run_report", {
    component: DryRunReport,
    supportedTypes: ["json"],
});
