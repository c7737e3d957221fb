import { patch } from "@web/core/utils/patch";
import { SearchModel } from "@web/search/search_model";

/** A search holds one filter by workflow activity: choosing another replaces it. */
patch(SearchModel.prototype, {
    /** The domain of the search as if it were not filtered by activity. */
    get domainOfAllActivities() {
        const query = this.query;
        this.query = this._queryOfAllActivities();
        try {
            return this._getDomain();
        } finally {
            this.query = query;
        }
    },

    filterByActivity(filter) {
        this.query = this._queryOfAllActivities();
        this.createNewFilters([{ ...filter, invisible: "True", isWorkflowActivity: true }]);
    },

    _queryOfAllActivities() {
        return this.query.filter(
            ({ searchItemId }) => !this.searchItems[searchItemId].isWorkflowActivity,
        );
    },
});
