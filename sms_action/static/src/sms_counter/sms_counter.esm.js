import { SmsWidget } from "@sms/components/sms_widget/fields_sms_widget";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { capacity, segment } from "./segments.esm";

const NAMES = { gsm7: "GSM7", ucs2: "UNICODE" };

/** Counted by stock: each character once, a line end twice. */
const countedByStock = (text) => text.length + (text.match(/\n/g) || []).length;

/**
 * Counts as networks do. Stock takes `{}[]~\^|€` for characters outside of the alphabet, counts
 * line ends twice, and an emoji at the end of a part as if it could be split.
 *
 * Other addons add to what is counted in `_getValueForSmsCounts` or `nbrChar`, whether they are
 * loaded before this one or after.
 */
patch(SmsWidget.prototype, {
    get smsText() {
        return this._getValueForSmsCounts(this.props.record.data[this.props.name] || "");
    },
    get nbrChar() {
        const added = super.nbrChar - countedByStock(this.smsText);
        return segment(this.smsText).units + added;
    },
    get nbrCharExplanation() {
        const explanation = super.nbrCharExplanation;
        return /\[\[|\{\{/.test(this.smsText)
            ? _t("%(explanation)s before the fields are filled in", { explanation })
            : explanation;
    },
    get nbrSMS() {
        const added = this.nbrChar - segment(this.smsText).units;
        const text = this.smsText + "a".repeat(Math.max(added, 0));
        return text ? segment(text).parts : 0;
    },
    get smsCapacity() {
        return this.nbrSMS ? capacity(segment(this.smsText).encoding, this.nbrSMS) : 0;
    },
    _extractEncoding(content) {
        return NAMES[segment(String(content)).encoding];
    },
    _countSMS(nbrChar, encoding) {
        const key = encoding === NAMES.ucs2 ? "ucs2" : "gsm7";
        const joined = capacity(key, 2) / 2;
        if (nbrChar <= capacity(key, 1)) {
            return nbrChar ? 1 : 0;
        }
        return Math.ceil(nbrChar / joined);
    },
});
