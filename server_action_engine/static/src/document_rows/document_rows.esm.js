import { Component, useEffect, useState } from "@odoo/owl";
import { FormController } from "@web/views/form/form_controller";
import { patch } from "@web/core/utils/patch";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { useService } from "@web/core/utils/hooks";

/**
 * What is kept about documents, such as deliveries of e-mails: model → `{label, icon, method}`.
 * The method of the model gets a document's model and id and returns a window action.
 */
const kinds = registry.category("server_action_engine.document_rows");

/** Hears of the first rows about a model, so that the page need not be loaded again. */
registry.category("services").add("server_action_engine.document_rows", {
    dependencies: ["bus_service"],
    start(env, { bus_service }) {
        bus_service.subscribe("server_action_engine/document_rows", ({ rows, models }) => {
            session.document_rows ??= {};
            const known = session.document_rows[rows] || [];
            session.document_rows[rows] = [...new Set([...known, ...models])];
        });
    },
});

/**
 * A button for each kind of rows there are about the record of a form.
 *
 * The page brings along which models have any, so that the forms of all others ask nothing.
 */
export class DocumentRows extends Component {
    static template = "server_action_engine.DocumentRows";
    static props = { resModel: String, resId: [Number, String] };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ buttons: [] });
        // The form need not wait for them.
        useEffect(
            (resModel, resId) => {
                this.load(resModel, resId);
            },
            () => [this.props.resModel, this.props.resId],
        );
    }

    async load(resModel, resId) {
        const known = session.document_rows || {};
        const wanted = kinds.getEntries().filter(([rows]) => known[rows]?.includes(resModel));
        const buttons = await Promise.all(
            wanted.map(async ([rows, kind]) => ({
                ...kind,
                rows,
                count: await this.orm.silent.call(rows, "count_about", [resModel, resId]),
            })),
        );
        if (this.props.resModel === resModel && this.props.resId === resId) {
            this.state.buttons = buttons.filter((button) => button.count);
        }
    }

    async open({ rows, method }) {
        const { resModel, resId } = this.props;
        return this.action.doAction(await this.orm.call(rows, method, [resModel, resId]));
    }
}

patch(FormController.prototype, {
    /** Not among the static components: controllers of special forms have lists of their own. */
    get documentRows() {
        return DocumentRows;
    },
});
