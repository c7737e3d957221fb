import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** Entry of the gear menu of any form: what became of the SMS about the record. */
export class RecordMessages extends Component {
    static template = "sms_action.RecordMessages";
    static components = { DropdownItem };
    static props = {};

    async open() {
        const { resModel, resId } = this.env.model.root;
        // Choosing the entry closes the menu and destroys this component; services taken with
        // `useService` would never answer.
        const { orm, action } = this.env.services;
        const messages = await orm.call("sms.message", "action_open_messages_of", [
            resModel,
            resId,
        ]);
        return action.doAction(messages);
    }
}

registry.category("cogMenu").add(
    "sms_action.record_messages",
    {
        Component: RecordMessages,
        groupNumber: 40,
        isDisplayed: (env) =>
            user.isInternalUser &&
            env.config.viewType === "form" &&
            Boolean(env.model?.root?.resId) &&
            env.model.root.resModel !== "sms.message",
    },
    { sequence: 22 },
);

registry.category("server_action_engine.document_rows").add("sms.message", {
    label: _t("SMS"),
    icon: "fa-mobile",
    method: "action_open_messages_of",
});
