import { onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { triggerSelectionField } from "@base_automation/base_automation_trigger_selection_field";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { SelectionField } from "@web/views/fields/selection/selection_field";
import { TriggerMenu } from "./trigger_menu.esm";
import { groupedTriggers, triggerOf } from "./trigger_options.esm";

const FIELDS = ["name", "ttype", "relation"];

/**
 * The trigger of a rule: Odoo's own first, the others behind "More triggers" and in every search.
 *
 * Nothing shown is kept: each list is made from the record as it is at that moment. The fields of
 * a model are the only thing to wait for, and an answer is stored under its model, so that a late
 * one cannot replace that of a model chosen after it.
 */
export class TriggerSelection extends SelectionField {
    static template = "base_automation_ext.TriggerSelection";
    static components = { TriggerMenu };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.state = useState({ showsAll: false });
        this.modelFields = {};
        onWillStart(() => this.loadFields(this.props.record));
        onWillUpdateProps(({ record }) => {
            this.loadFields(record);
        });
    }

    loadFields(record) {
        const modelId = record.data.model_id?.id;
        if (!modelId || this.modelFields[modelId]) {
            return Promise.resolve();
        }
        const domain = [["model_id", "=", modelId]];
        return this.orm.searchRead("ir.model.fields", domain, FIELDS).then((fields) => {
            this.modelFields[modelId] = fields;
        });
    }

    /** Wait until what the user has just changed has arrived in the record. */
    async settle() {
        await this.props.record.model.mutex.getUnlockedDef();
        await this.loadFields(this.props.record);
    }

    /** The groups to show; a search looks through all triggers, also those not shown yet. */
    groupsFor(searchString) {
        const groups = this.allGroups;
        if (searchString || this.state.showsAll) {
            return groups;
        }
        return groups
            .map((group) => ({ ...group, choices: group.choices.filter((c) => this.isShown(c)) }))
            .filter((group) => group.choices.length);
    }

    get allGroups() {
        const { record, name } = this.props;
        const fields = this.modelFields[record.data.model_id?.id] || [];
        return groupedTriggers(record, record.fields[name].selection, fields, record.data[name]);
    }

    isShown(choice) {
        return choice.isStock || choice.value === this.value;
    }

    get moreCount() {
        const hidden = ({ choices }) => choices.filter((choice) => !this.isShown(choice)).length;
        return this.allGroups.reduce((count, group) => count + hidden(group), 0);
    }

    showAll() {
        this.state.showsAll = true;
    }

    get icon() {
        return this.value ? triggerOf(this.props.record, this.value).icon : "";
    }
}

registry.category("fields").add(
    "base_automation_trigger_selection",
    {
        ...triggerSelectionField,
        component: TriggerSelection,
        fieldDependencies: [
            { name: "model_is_mail_thread", type: "boolean" },
            { name: "model_is_mail_activity", type: "boolean" },
            { name: "trigger_catalogue", type: "json" },
        ],
    },
    { force: true },
);
