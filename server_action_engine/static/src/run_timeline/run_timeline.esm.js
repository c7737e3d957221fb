import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useService } from "@web/core/utils/hooks";

const BADGES = {
    done: "text-bg-success",
    skipped: "text-bg-light",
    queued: "text-bg-info",
    partly: "text-bg-warning",
    isolated: "text-bg-warning",
    failed: "text-bg-danger",
};

/** Milliseconds as a person reads them. */
export function formatDuration(ms) {
    if (ms >= 1000) {
        return `${(ms / 1000).toFixed(2)} s`;
    }
    return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** The steps of a run: indented by depth, duration as a bar, details on demand. */
export class RunTimeline extends Component {
    static template = "server_action_engine.RunTimeline";
    static props = { steps: Array };

    setup() {
        this.action = useService("action");
        this.state = useState({ open: {} });
    }

    badge(step) {
        return BADGES[step.state] || "text-bg-secondary";
    }

    duration(step) {
        return formatDuration(step.duration_ms);
    }

    /** Messages with their number: the same line for each of 100 records is one line. */
    messages(step) {
        const counts = new Map();
        for (const text of step.messages) {
            counts.set(text, (counts.get(text) || 0) + 1);
        }
        return [...counts].map(([text, count]) => ({ text, count }));
    }

    hasDetails(step) {
        return Boolean(
            step.values.length ||
                step.created.length ||
                step.messages.length ||
                step.error ||
                step.reason ||
                step.condition ||
                step.result,
        );
    }

    /** Failed steps are open from the start: they are what one has come for. */
    isOpen(index) {
        const choice = this.state.open[index];
        return choice === undefined
            ? Boolean(this.props.steps[index].error) || this.props.steps.length === 1
            : choice;
    }

    toggle(index) {
        this.state.open[index] = !this.isOpen(index);
    }

    openRecord(record) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: record.model,
            res_id: record.id,
            views: [[false, "form"]],
        });
    }
}

export class RunTimelineField extends Component {
    static template = "server_action_engine.RunTimelineField";
    static components = { RunTimeline };
    static props = { ...standardFieldProps };

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("server_action_timeline", {
    component: RunTimelineField,
    supportedTypes: ["json"],
});
