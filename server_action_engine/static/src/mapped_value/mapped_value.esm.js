import { Component, useRef } from "@odoo/owl";
import { ModelFieldSelector } from "@web/core/model_field_selector/model_field_selector";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { SelectMenu } from "@web/core/select_menu/select_menu";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useAutoresize } from "@web/core/utils/autoresize";
import { useInputField } from "@web/views/fields/input_field_hook";

const TO_MANY = ["many2many", "one2many"];
const UNREADABLE = ["binary", "properties", "properties_definition", "separator"];

/**
 * The value of a mapped field, edited the way its type and its origin ask for.
 *
 * Other places that ask for a value of some field extend it: what they say differently is a getter.
 */
export class MappedValueField extends Component {
    static template = "server_action_engine.MappedValueField";
    static components = { ModelFieldSelector, MultiRecordSelector, RecordSelector, SelectMenu };
    static props = { ...standardFieldProps };

    setup() {
        this.input = useRef("input");
        useInputField({ getValue: () => this.text, refName: "input" });
        useAutoresize(this.input, { minimumHeight: 28 });
    }

    get data() {
        return this.props.record.data;
    }

    get text() {
        return this.data[this.props.name] || "";
    }

    /** Type of the field whose value this is. */
    get ttype() {
        return this.data.field_ttype;
    }

    /** Options of the field, if it is a selection. */
    get selection() {
        return this.data.field_selection || [];
    }

    get isToMany() {
        return TO_MANY.includes(this.ttype);
    }

    /** Whether the user says what happens with the records of the value. */
    get hasOperation() {
        return this.isToMany;
    }

    /** What is shown instead of the editor when nothing can be changed. */
    get label() {
        return this.data.value_label;
    }

    /** Which editor is shown: a key of the template. */
    get editor() {
        const type = this.ttype;
        if (this.data.operation === "clear" && this.isToMany) {
            return "none";
        }
        if (this.data.value_type === "path") {
            return "path";
        }
        if (this.data.value_type === "sequence") {
            return this.isIds ? "record" : "text";
        }
        if (this.data.value_type === "value") {
            if (type === "boolean" || type === "selection") {
                return type;
            }
            if (type === "many2one" && this.isIds) {
                return "record";
            }
            if (this.isToMany && this.isIds) {
                return "records";
            }
        }
        return "text";
    }

    /** False when records are named by external id or name, which only text can show. */
    get isIds() {
        return /^[\s\d,]*$/.test(this.text);
    }

    get ids() {
        return (this.text.match(/\d+/g) || []).map(Number);
    }

    get recordModel() {
        return this.data.value_type === "sequence" ? "ir.sequence" : this.data.field_relation;
    }

    get operations() {
        return this.props.record.fields.operation.selection;
    }

    get isYesNo() {
        return this.ttype === "boolean";
    }

    get options() {
        return this.isYesNo
            ? [
                  ["true", _t("Yes")],
                  ["false", _t("No")],
              ]
            : this.selection;
    }

    /** Whether no option need be chosen. */
    get isOptional() {
        return !this.isYesNo;
    }

    get emptyLabel() {
        return "";
    }

    get isChosen() {
        return this.isYesNo || this.options.some((option) => option[0] === this.text);
    }

    isSelected(value) {
        const isNo = /^(false|no|0|off)?$/i.test(this.text);
        return this.isYesNo ? (value === "false") === isNo : value === this.text;
    }

    /** The values of a text that lists several, separated by commas. */
    get list() {
        return this.text
            .split(",")
            .map((part) => part.trim())
            .filter(Boolean);
    }

    get choices() {
        return this.options.map(([value, label]) => ({ value, label }));
    }

    get sourceModel() {
        const parent = this.props.record._parentRecord;
        return (parent && parent.data.model_name) || this.data.source_model || "";
    }

    get isCode() {
        return ["equation", "template", "reference"].includes(this.data.value_type);
    }

    get placeholder() {
        const byOrigin = {
            equation: _t("e.g. record.partner_id.id"),
            template: _t("e.g. Order [[ object.name ]]"),
            reference: _t("e.g. base.us"),
            sequence: _t("Choose a sequence..."),
        };
        const byType = {
            date: _t("2026-12-31, or today +3d"),
            datetime: _t("2026-12-31 14:00:00 (UTC), or now +2H"),
            integer: _t("e.g. 42"),
            float: _t("e.g. 3.5"),
            monetary: _t("e.g. 99.90"),
            json: _t('e.g. {"key": "value"}'),
            properties: _t('e.g. {"Color": "red"}'),
            reference: _t("model,id or external id"),
            one2many: _t('e.g. [{"name": "New line"}]'),
            many2one: _t("Choose a record..."),
            many2many: _t("Choose records..."),
        };
        return byOrigin[this.data.value_type] || byType[this.ttype] || _t("Empty");
    }

    isReadable(definition) {
        return !UNREADABLE.includes(definition.type);
    }

    update(value) {
        return this.props.record.update({ [this.props.name]: value || false });
    }

    updateId(id) {
        return this.update(id ? String(id) : "");
    }

    updateList(values) {
        return this.update(values.join(", "));
    }

    updateOperation(operation) {
        return this.props.record.update({ operation });
    }
}

export const mappedValueField = {
    component: MappedValueField,
    displayName: _t("Mapped Value"),
    supportedTypes: ["text", "char"],
    fieldDependencies: [
        { name: "value_type", type: "selection" },
        { name: "operation", type: "selection" },
        { name: "field_ttype", type: "selection", readonly: true },
        { name: "field_relation", type: "char", readonly: true },
        { name: "field_selection", type: "json", readonly: true },
        { name: "source_model", type: "char", readonly: true },
        { name: "value_label", type: "char", readonly: true },
    ],
};

registry.category("fields").add("server_action_mapped_value", mappedValueField);
