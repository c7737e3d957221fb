import { SelectMenu } from "@web/core/select_menu/select_menu";

/**
 * A menu whose groups are asked for when it opens and with each search, not handed over
 * beforehand: what it shows is never older than the record.
 */
export class TriggerMenu extends SelectMenu {
    static props = {
        ...SelectMenu.props,
        beforeOpen: Function,
        groupsFor: Function,
    };

    async onBeforeOpen() {
        await this.props.beforeOpen();
        // Typing opens the menu too: what has been typed meanwhile counts.
        return this.onInput(this.state.searchValue || "");
    }

    filterOptions(searchString = "", _groups = undefined) {
        return super.filterOptions(searchString, this.props.groupsFor(searchString));
    }
}
