import { MappedValueField } from "@server_action_engine/mapped_value/mapped_value.esm";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const RELATIONAL = ["many2one", "many2many", "one2many"];

/** The values a change leads from or to: any, one, or several, chosen as the field's type asks. */
export class ChangeValueField extends MappedValueField {
    get ttype() {
        return this.data.change_field_type;
    }

    get selection() {
        return this.data.change_field_selection || [];
    }

    get recordModel() {
        return this.data.change_field_relation;
    }

    get hasOperation() {
        return false;
    }

    get isOptional() {
        return true;
    }

    get emptyLabel() {
        return _t("Any value");
    }

    get placeholder() {
        return this.isToMany ? _t("Any record") : _t("Any value");
    }

    get label() {
        const label = new Map(this.options);
        return this.list.map((value) => label.get(value) ?? value).join(", ");
    }

    get editor() {
        if (this.isYesNo) {
            return "boolean";
        }
        if (this.ttype === "selection" && this.list.every((value) => this.isOption(value))) {
            return "choices";
        }
        if (RELATIONAL.includes(this.ttype) && this.isIds) {
            return "records";
        }
        return "text";
    }

    get isCode() {
        return false;
    }

    isOption(value) {
        return this.options.some((option) => option[0] === value);
    }

    isSelected(value) {
        return Boolean(this.text) && super.isSelected(value);
    }
}

registry.category("fields").add("base_automation_change_value", {
    component: ChangeValueField,
    displayName: _t("Values of a Change"),
    supportedTypes: ["text", "char"],
    fieldDependencies: [
        { name: "change_field_type", type: "selection", readonly: true },
        { name: "change_field_relation", type: "char", readonly: true },
        { name: "change_field_selection", type: "json", readonly: true },
    ],
});
