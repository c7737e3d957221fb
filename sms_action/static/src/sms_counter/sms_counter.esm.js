import { capacity, segment } from "./segments.esm";
import { useEffect, useState } from "@odoo/owl";
import { SmsWidget } from "@sms/components/sms_widget/fields_sms_widget";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { session } from "@web/session";
import { user } from "@web/core/user";

const NAMES = { gsm7: "GSM7", ucs2: "UNICODE" };

/** What stock counts: each character once, a line end twice. */
const countedByStock = (text) => text.length + (text.match(/\n/g) || []).length;

/**
 * Counts as networks do, while somebody types. Stock counts when the field is left, takes
 * `{}[]~\^|€` for characters outside of the alphabet, line ends for two characters, and cuts
 * between the halves of an emoji.
 *
 * Other addons add to what is counted in `_getValueForSmsCounts` or `nbrChar`, whether they are
 * loaded before this one or after.
 */
patch(SmsWidget.prototype, {
    setup() {
        super.setup(...arguments);
        this.typed = useState({ text: null });
        const onInput = (event) => {
            this.typed.text = event.target.value;
        };
        useEffect(
            (textarea) => {
                textarea?.addEventListener("input", onInput);
                return () => textarea?.removeEventListener("input", onInput);
            },
            () => [this.textareaRef.el],
        );
        useEffect(
            () => {
                this.typed.text = null;
            },
            () => [this.props.record.data[this.props.name]],
        );
    },
    /** Whether the price of Odoo's own provider says anything: a gateway has its own. */
    get hasStockPrice() {
        const companies = session.sms_gateway_company_ids || [];
        const { sms_gateway_id: chosen } = this.props.record.data;
        return !chosen && !companies.includes(user.activeCompany?.id);
    },
    get storedText() {
        return this._getValueForSmsCounts(this.props.record.data[this.props.name] || "");
    },
    get countedText() {
        const { text } = this.typed;
        return text === null ? this.storedText : this._getValueForSmsCounts(text);
    },
    /** Characters that others add, such as those of a link to unsubscribe. */
    get addedCharacters() {
        return Math.max(this.nbrChar - segment(this.countedText).units, 0);
    },
    get nbrChar() {
        const added = super.nbrChar - countedByStock(this.storedText);
        return segment(this.countedText).units + added;
    },
    get nbrCharExplanation() {
        const explanation = super.nbrCharExplanation;
        return /\[\[|\{\{/.test(this.countedText)
            ? _t("%(explanation)s before fields are filled in", { explanation })
            : explanation;
    },
    get encoding() {
        return this._extractEncoding(this.countedText);
    },
    get nbrSMS() {
        const text = this.countedText + "a".repeat(this.addedCharacters);
        return text ? segment(text).parts : 0;
    },
    get smsCapacity() {
        return this.nbrSMS ? capacity(segment(this.countedText).encoding, this.nbrSMS) : 0;
    },
    _extractEncoding(content) {
        return NAMES[segment(String(content)).encoding];
    },
    _countSMS(nbrChar, encoding) {
        const key = encoding === NAMES.ucs2 ? "ucs2" : "gsm7";
        if (nbrChar <= capacity(key, 1)) {
            return nbrChar ? 1 : 0;
        }
        return Math.ceil(nbrChar / (capacity(key, 2) / 2));
    },
});
