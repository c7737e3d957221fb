import { TRIGGER_FILTERS } from "@base_automation/utils";
import { _t } from "@web/core/l10n/translation";

const DEPRECATED = "deprecated";
/** A trigger nobody described: offered last. */
const UNKNOWN = {
    group: "other",
    group_label: _t("Other"),
    group_sequence: 1000,
    icon: "fa-bolt",
    help: "",
    is_stock: false,
    needs: false,
};

/** What the form knows of a trigger: its entry in the rule's catalogue. */
export function triggerOf(record, key) {
    return (record.data.trigger_catalogue || {})[key] || UNKNOWN;
}

/** Whether a trigger makes sense on the model of the rule. */
function isPossible(record, key, modelFields) {
    const { group, needs } = triggerOf(record, key);
    if (group === DEPRECATED || (needs && !record.data[needs])) {
        return false;
    }
    // Stock's own test: a trigger on the stage needs a field that holds a stage.
    const fits = TRIGGER_FILTERS[key];
    return !fits || modelFields.some(fits);
}

/**
 * The triggers a rule can have, in groups.
 *
 * @param {Object} record the rule
 * @param {Array} options pairs of key and label
 * @param {Array} modelFields the fields of the rule's model
 * @param {String|false} selected the rule's own trigger, which is always among them
 * @returns {Array} objects with label and choices (value, label, icon, isStock)
 */
export function groupedTriggers(record, options, modelFields, selected) {
    const groups = new Map();
    for (const [value, label] of options) {
        if (value !== selected && !isPossible(record, value, modelFields)) {
            continue;
        }
        const { group, group_label, group_sequence, icon, is_stock } = triggerOf(record, value);
        if (!groups.has(group)) {
            groups.set(group, { label: group_label, sequence: group_sequence, choices: [] });
        }
        groups.get(group).choices.push({ value, label, icon, isStock: is_stock });
    }
    return [...groups.values()]
        .sort((a, b) => a.sequence - b.sequence)
        .map(({ label, choices }) => ({ label, choices }));
}
