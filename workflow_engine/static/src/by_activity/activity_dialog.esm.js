import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

const FIELD = "x_workflow_place_ids";

/** How many records of a search are at which activity; a click shows only these. */
export class ActivityDialog extends Component {
    static template = "workflow_engine.ActivityDialog";
    static components = { Dialog };
    static props = { searchModel: Object, close: Function };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.title = _t("By Workflow Activity");
        this.state = useState({ total: 0, groups: [], isBusy: false });
        // The search as it is now: what is counted is what a click shows.
        this.domain = this.props.searchModel.domainOfAllActivities;
        onWillStart(async () => {
            Object.assign(this.state, await this.call("workflow_activity_counts", [this.domain]));
        });
    }

    /** Whether the lists of the model have the field to group by: a setting of its workflows. */
    get canGroup() {
        return Boolean(this.props.searchModel.searchViewFields[FIELD]);
    }

    get canConfigure() {
        return user.isSystem;
    }

    group() {
        const { searchModel } = this.props;
        if (!searchModel.groupBy.includes(FIELD)) {
            searchModel.createNewGroupBy(FIELD);
        }
        this.props.close();
    }

    call(method, args) {
        const { resModel, context } = this.props.searchModel;
        return this.orm.call(resModel, method, args, { context });
    }

    get explanation() {
        if (!this.state.groups.length) {
            return _t("The present search finds no records.");
        }
        return _t(
            "The present search finds %s records. Click a line to see only those that are there now. A record at several activities counts at each of them.",
            this.state.total,
        );
    }

    width(place) {
        return `width: ${(100 * place.count) / this.state.total}%`;
    }

    /** What the search bar says. */
    description(group, place) {
        const isOneOfSeveral = this.state.groups.filter((one) => one.name).length > 1;
        const name = group.name && isOneOfSeveral ? `${group.name} / ${place.name}` : place.name;
        return place.kind === "at" ? _t("Activity: %s", name) : _t("Workflow: %s", name);
    }

    async choose(group, place) {
        this.state.isBusy = true;
        try {
            const found = await this.call("workflow_activity_filter", [this.domain, place]);
            this.filter(this.description(group, place), found);
        } finally {
            this.state.isBusy = false;
        }
    }

    filter(description, { domain, ids, is_cut: isCut, most, date }) {
        if (domain) {
            this.props.searchModel.filterByActivity({ description, domain });
            this.props.close();
            return;
        }
        const when = formatDateTime(deserializeDateTime(date));
        this.props.searchModel.filterByActivity({
            description,
            domain: [["id", "in", ids]],
            tooltip: _t("As of %s. Choose the activity again to see who is there now.", when),
        });
        if (isCut) {
            const text = _t(
                "There are more records than a filter can hold: only the first %s are shown. Narrow the search, then choose the activity again.",
                most,
            );
            this.notification.add(text, { type: "warning", sticky: true });
        }
        this.props.close();
    }
}
