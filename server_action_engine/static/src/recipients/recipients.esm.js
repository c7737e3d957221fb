import { CharField, charField } from "@web/views/fields/char/char_field";
import { ModelFieldSelectorPopover } from "@web/core/model_field_selector/model_field_selector_popover";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { usePopover } from "@web/core/popover/popover_hook";

const WANTED = {
    address: ["char", "text", "many2one", "many2many", "one2many"],
    file: ["binary", "image", "many2one", "many2many", "one2many"],
};

/**
 * A text that lists field paths among other things, with a button that picks a path from a tree.
 *
 * The path is added behind what is there. Options: `model` names the field that holds the model's
 * technical name, `wanted` says what the paths lead to: "address" or "file".
 */
export class RecipientsField extends CharField {
    static template = "server_action_engine.RecipientsField";
    static props = {
        ...CharField.props,
        modelField: { type: String, optional: true },
        wanted: { type: String, optional: true },
    };

    setup() {
        super.setup();
        this.picked = "";
        this.popover = usePopover(ModelFieldSelectorPopover, {
            popoverClass: "o_popover_field_selector",
            onClose: () => this.add(this.picked),
        });
    }

    get model() {
        return this.props.record.data[this.props.modelField || "model_name"];
    }

    pick(event) {
        this.picked = "";
        this.popover.open(event.currentTarget, {
            resModel: this.model,
            path: "",
            update: (path) => {
                this.picked = path;
            },
            showSearchInput: true,
            isDebugMode: Boolean(this.env.debug),
            filter: (definition) =>
                WANTED[this.props.wanted || "address"].includes(definition.type),
        });
    }

    add(path) {
        if (path) {
            const text = this.input.el ? this.input.el.value.trim() : "";
            this.props.record.update({ [this.props.name]: text ? `${text}, ${path}` : path });
        }
    }
}

export const recipientsField = {
    ...charField,
    component: RecipientsField,
    displayName: _t("Addresses and Fields"),
    supportedTypes: ["char"],
    extractProps: (field) => ({
        ...charField.extractProps(field),
        modelField: field.options.model,
        wanted: field.options.wanted,
    }),
};

registry.category("fields").add("server_action_recipients", recipientsField);
