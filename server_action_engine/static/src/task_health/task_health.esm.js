import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

/** The page refreshes itself as often as this, in milliseconds. */
const REFRESH_MS = 15000;

export class TaskHealth extends Component {
    static template = "server_action_engine.TaskHealth";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ health: null });
        onWillStart(() => this.load());
        const timer = setInterval(() => this.load(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        this.state.health = await this.orm.silent.call("server.action.health", "get_health", []);
    }

    get cards() {
        const counts = this.state.health.counts;
        return [
            { key: "ready", label: _t("Ready"), value: counts.ready, filter: "ready" },
            {
                key: "wait",
                label: _t("Longest Wait"),
                value: this.duration(counts.longest_wait),
                filter: "ready",
            },
            { key: "running", label: _t("Running"), value: counts.running, filter: "started" },
            { key: "delayed", label: _t("Due Later"), value: counts.delayed, filter: "pending" },
            { key: "paused", label: _t("Paused"), value: counts.paused, filter: "paused" },
            {
                key: "done",
                label: _t("Done in 24 Hours"),
                value: counts.done_today,
                filter: "done",
            },
            {
                key: "failed_today",
                label: _t("Failed in 24 Hours"),
                value: counts.failed_today,
                filter: "failed",
                danger: counts.failed_today > 0,
            },
            {
                key: "failed",
                label: _t("Failed, Not Dealt With"),
                value: counts.failed,
                filter: "failed",
                danger: counts.failed > 0,
            },
        ];
    }

    get lastRun() {
        const moment = this.state.health.lanes.last_run;
        return moment ? formatDateTime(deserializeDateTime(moment)) : _t("never");
    }

    duration(seconds) {
        if (seconds < 60) {
            return _t("%s s", seconds);
        }
        if (seconds < 3600) {
            return _t("%s min", Math.floor(seconds / 60));
        }
        return _t("%s h", Math.floor(seconds / 3600));
    }

    openTasks(filter, actionId) {
        const context = { [`search_default_${filter}`]: 1 };
        if (actionId) {
            context.search_default_action_id = actionId;
        }
        return this.action.doAction("server_action_engine.server_action_task_action", {
            additionalContext: {
                search_default_not_settled: 0,
                ...context,
            },
        });
    }

    openLanes() {
        return this.action.doAction("server_action_engine.server_action_lane_action");
    }
}

registry.category("actions").add("server_action_engine.task_health", TaskHealth);
