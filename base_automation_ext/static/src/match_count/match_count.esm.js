import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const DELAY = 300;
/** Filter → whether the rule's trigger has it. */
const FILTERS = { filter_domain: "can_filter_after", filter_pre_domain: "can_filter_before" };

/** How many records match the filters of a rule now, also while they are being written. */
export class MatchCount extends Component {
    static template = "base_automation_ext.MatchCount";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ counts: {} });
        this.keepLast = new KeepLast();
        const load = useDebounced(() => this.load(), DELAY);
        useEffect(
            () => {
                load();
            },
            () => [this.question],
        );
    }

    /** What is asked, as one text: a new answer is needed when it changes. */
    get question() {
        const { data } = this.props.record;
        const filters = {};
        for (const [name, isUsed] of Object.entries(FILTERS)) {
            if (data[isUsed] && (name === "filter_domain" || data[name])) {
                filters[name] = data[name] || "";
            }
        }
        return JSON.stringify([data.model_name, filters]);
    }

    async load() {
        const [model, filters] = JSON.parse(this.question);
        if (!model || !Object.keys(filters).length) {
            this.state.counts = {};
            return;
        }
        // An answer that comes after a newer question is dropped.
        this.state.counts = await this.keepLast.add(
            this.orm.silent.call("base.automation", "get_match_counts", [model, filters]),
        );
    }

    get lines() {
        const label = { filter_domain: this.mainLabel, filter_pre_domain: this.beforeLabel };
        return Object.entries(this.state.counts).map(([name, count]) => ({
            name,
            ...count,
            text: count.problem || label[name](count),
        }));
    }

    mainLabel({ count, more }) {
        const number = formatInteger(count);
        if (more) {
            return _t("More than %s records match now", number);
        }
        return count === 1 ? _t("1 record matches now") : _t("%s records match now", number);
    }

    beforeLabel({ count, more }) {
        const number = formatInteger(count);
        if (more) {
            return _t("More than %s match the filter “before the change” now", number);
        }
        return count === 1
            ? _t("1 record matches the filter “before the change” now")
            : _t("%s match the filter “before the change” now", number);
    }

    open({ domain }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Matching Records"),
            res_model: this.props.record.data.model_name,
            domain,
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }
}

registry.category("view_widgets").add("base_automation_match_count", {
    component: MatchCount,
    fieldDependencies: [
        { name: "model_name", type: "char" },
        { name: "filter_domain", type: "char" },
        { name: "filter_pre_domain", type: "char" },
        { name: "can_filter_after", type: "boolean" },
        { name: "can_filter_before", type: "boolean" },
    ],
});
