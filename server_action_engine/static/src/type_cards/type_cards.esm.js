import {
    BadgeSelectionWithFilterField,
    badgeSelectionFieldWithFilter,
} from "@web/views/fields/badge_selection_with_filter/badge_selection_field_with_filter";
import { registry } from "@web/core/registry";

/** The type of a server action as cards with icons; the chosen one is explained below. */
export class TypeCardsField extends BadgeSelectionWithFilterField {
    static template = "server_action_engine.TypeCardsField";

    card(value) {
        const cards = this.props.record.data.type_cards || {};
        return cards[value] || { icon: "fa-circle-thin", help: "" };
    }
}

registry.category("fields").add("server_action_type_cards", {
    ...badgeSelectionFieldWithFilter,
    component: TypeCardsField,
    fieldDependencies: [{ name: "type_cards", type: "json", readonly: true }],
});
