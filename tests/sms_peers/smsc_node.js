// An SMSC made of the npm package `smpp`. Run by Node with its options as JSON; they are those of
// smsc_smpp34.py and: password (refuses others), cert and key (TLS), report_first (reports before it
// answers), unbind_after (says goodbye after so many messages), silent_after (answers no more, to
// nothing), people (messages handed over to whoever receives: each a list of its parts' texts).
const fs = require("fs");
const smpp = require("smpp");

const options = JSON.parse(process.argv[2]);
const log = fs.openSync(options.log, "a");
let seen = 0;
let taken = 0;
let held = [];
let receiver = null;

function report(sender, pdu, id) {
    const session = receiver || sender;
    for (const word of options.reports || []) {
        const state = {DELIVRD: 2, EXPIRED: 3, UNDELIV: 5, ACCEPTD: 6, REJECTD: 8, ENROUTE: 1}[word];
        session.deliver_sm({
            source_addr: pdu.destination_addr,
            destination_addr: pdu.source_addr,
            esm_class: 4,
            short_message: `id:${id} sub:001 dlvrd:001 stat:${word} err:000 text:`,
            receipted_message_id: id,
            message_state: state,
        });
    }
}

function answerHeld() {
    const now = held.reverse();
    held = [];
    for (const answer of now) {
        answer();
    }
}

function take(session, pdu) {
    taken += 1;
    const id = `b${taken}`;
    const message = pdu.short_message.message || "";
    const line = {
        id,
        from: pdu.source_addr,
        to: pdu.destination_addr,
        coding: pdu.data_coding,
        esm_class: pdu.esm_class,
        text: message,
        parts: pdu.sar_total_segments,
        payload: pdu.message_payload && pdu.message_payload.message,
    };
    fs.writeSync(log, `${JSON.stringify(line)}\n`);
    const answer = () => session.send(pdu.response({message_id: id}));
    if (options.report_first) {
        report(session, pdu, id);
        setTimeout(answer, 50);
    } else {
        held.push(() => {
            answer();
            report(session, pdu, id);
        });
    }
    if (held.length >= (options.shuffle || 1)) {
        answerHeld();
    }
}

function submitted(session, pdu) {
    seen += 1;
    if (options.silent_after && seen > options.silent_after) {
        session.silent = true;
        return;
    }
    if (options.throttle_every && seen % options.throttle_every === 0) {
        session.send(pdu.response({command_status: smpp.ESME_RTHROTTLED}));
        return;
    }
    take(session, pdu);
    if (options.unbind_after === taken) {
        answerHeld();
        session.unbind();
    }
}

function bound(session, pdu) {
    const wrong = options.password && pdu.password !== options.password;
    const status = wrong ? smpp.ESME_RINVPASWD : smpp.ESME_ROK;
    session.send(pdu.response({command_status: status, system_id: "node"}));
}

function handOver(session) {
    (options.people || []).forEach((parts, reference) => {
        parts.forEach((message, index) => {
            const udh = Buffer.from([5, 0, 3, reference, parts.length, index + 1]);
            session.deliver_sm({
                source_addr: "31612345678",
                source_addr_ton: 1,
                destination_addr: "4040",
                esm_class: parts.length > 1 ? 0x40 : 0,
                short_message: parts.length > 1 ? {udh, message} : message,
            });
        });
    });
    options.people = [];
}

function welcome(session) {
    // Else an answer waits until the one before it is acknowledged.
    session.socket.setNoDelay(true);
    for (const kind of ["transmitter", "receiver", "transceiver"]) {
        session.on(`bind_${kind}`, (pdu) => {
            bound(session, pdu);
            if (kind !== "transmitter") {
                handOver(session);
            }
            receiver = kind === "receiver" ? session : receiver;
        });
    }
    session.on("close", () => {
        receiver = receiver === session ? null : receiver;
    });
    session.on("submit_sm", (pdu) => submitted(session, pdu));
    session.on("enquire_link", (pdu) => session.silent || session.send(pdu.response()));
    session.on("unbind", (pdu) => {
        session.send(pdu.response());
        session.close();
    });
    session.on("unbind_resp", () => session.close());
    session.on("error", () => session.destroy());
}

setInterval(answerHeld, 50);
const tls = options.cert && {
    cert: fs.readFileSync(options.cert),
    key: fs.readFileSync(options.key),
};
const server = smpp.createServer(tls || {}, welcome);
server.listen(options.port, "127.0.0.1", () => console.log("ready"));
