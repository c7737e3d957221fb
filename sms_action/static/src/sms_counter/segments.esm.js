/**
 * How a text is cut into the parts a network carries: the same rules as `core/segments.py`, from
 * whose test vectors both are tested. No import of the web client, so that it runs anywhere.
 *
 * Sizes: 3GPP TS 23.038 (alphabet) and TS 23.040, section 9.2.3.24.1 (parts).
 */
const BASIC = new Set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
        "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("\f^{}\\[~]|€");

const GSM7 = {
    name: "gsm7",
    single: 160,
    joined: 153,
    cost: (char) => (EXTENSION.has(char) ? 2 : 1),
};
const UCS2 = { name: "ucs2", single: 70, joined: 67, cost: (char) => char.length };

/**
 * Return what a text costs.
 *
 * @param {String} text
 * @returns {Object} `encoding` ("gsm7" or "ucs2"), `units` (septets or UTF-16 units of the text),
 *  `parts`, `left` (units left in the last part), `cuts` (units of each part)
 */
export function segment(text) {
    const chars = [...text];
    const encoding = chars.every((char) => BASIC.has(char) || EXTENSION.has(char)) ? GSM7 : UCS2;
    const units = chars.reduce((sum, char) => sum + encoding.cost(char), 0);
    const room = units <= encoding.single ? encoding.single : encoding.joined;
    const cuts = [0];
    for (const char of chars) {
        const cost = encoding.cost(char);
        // An escape sequence and a surrogate pair stay whole.
        if (cuts[cuts.length - 1] + cost > room) {
            cuts.push(0);
        }
        cuts[cuts.length - 1] += cost;
    }
    const parts = cuts.length;
    return { encoding: encoding.name, units, parts, left: room - cuts[parts - 1], cuts };
}

/**
 * Return how many units a number of parts holds.
 *
 * @param {String} encoding "gsm7" or "ucs2"
 * @param {Number} parts
 * @returns {Number}
 */
export function capacity(encoding, parts) {
    const { single, joined } = encoding === GSM7.name ? GSM7 : UCS2;
    return parts > 1 ? joined * parts : single;
}
