import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** Entry of the gear menu of any form: what became of the e-mails about the record. */
export class RecordDeliveries extends Component {
    static template = "smtp_mail_action.RecordDeliveries";
    static components = { DropdownItem };
    static props = {};

    async open() {
        const { resModel, resId } = this.env.model.root;
        // Choosing the entry closes the menu and destroys this component; services taken with
        // `useService` would never answer.
        const { orm, action } = this.env.services;
        const deliveries = await orm.call("mail.mail.delivery", "action_open_deliveries_of", [
            resModel,
            resId,
        ]);
        return action.doAction(deliveries);
    }
}

registry.category("cogMenu").add(
    "smtp_mail_action.record_deliveries",
    {
        Component: RecordDeliveries,
        groupNumber: 40,
        isDisplayed: (env) =>
            user.isInternalUser &&
            env.config.viewType === "form" &&
            Boolean(env.model?.root?.resId) &&
            env.model.root.resModel !== "mail.mail.delivery",
    },
    { sequence: 21 },
);

registry.category("server_action_engine.document_rows").add("mail.mail.delivery", {
    label: _t("E-mails"),
    icon: "fa-paper-plane-o",
    method: "action_open_deliveries_of",
});
