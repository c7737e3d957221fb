"""An SMSC made of the Python package `smpp34`. Run as a program with its options as JSON.

Options: port, log (a line of JSON for each message taken), throttle_every (refuses each n-th with
0x58), shuffle (answers so many at a time, the last first), reports (state words to report).
"""

import asyncio
import json
import sys

import smpp34


class Smsc:
    """Takes messages, writes them down, answers and reports as it is told."""

    def __init__(self, options):
        self.options = options
        self.log = open(options["log"], "a", buffering=1)
        self.sessions = {}
        self.held = []
        self.seen = self.taken = 0
        self.tasks = set()

    async def run(self):
        server = smpp34.Server(host="127.0.0.1", port=self.options["port"], system_id="smsc34")
        await server.start()
        print("ready", flush=True)
        while True:
            try:
                event = await asyncio.wait_for(server.next(), 0.05 if self.held else None)
            except asyncio.TimeoutError:
                self.answer()
                continue
            if isinstance(event, smpp34.Esme):
                self.sessions[event.session_id] = event
            elif isinstance(event, smpp34.SubmitSmEvent):
                self.submitted(event)

    def submitted(self, event):
        self.seen += 1
        every = self.options.get("throttle_every")
        if every and self.seen % every == 0:
            event.reject(smpp34.ESME_RTHROTTLED)
            return
        self.taken += 1
        message_id = f"a{self.taken:08d}"
        line = {
            "id": message_id,
            "from": event.source_addr,
            "to": event.destination_addr,
            "coding": event.data_coding,
            "esm_class": event.esm_class,
            "message": event.short_message.hex(),
            "tlvs": {str(tlv.tag): tlv.value.hex() for tlv in event.tlvs},
        }
        self.log.write(json.dumps(line) + "\n")
        self.held.append((event, message_id))
        if len(self.held) >= self.options.get("shuffle", 1):
            self.answer()

    def answer(self):
        while self.held:
            event, message_id = self.held.pop()
            event.accept(message_id)
            if self.options.get("reports"):
                task = asyncio.get_running_loop().create_task(self.report(event, message_id))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def report(self, event, message_id):
        esme = self.sessions[event.session_id]
        for word in self.options["reports"]:
            text = (
                f"id:{message_id} sub:001 dlvrd:001 submit date:2611261130 "
                f"done date:2611261131 stat:{word} err:000 text:"
            )
            await esme.deliver_sm(
                source_addr=event.destination_addr,
                destination_addr=event.source_addr,
                esm_class=0x04,
                short_message=text.encode(),
            )


if __name__ == "__main__":
    asyncio.run(Smsc(json.loads(sys.argv[1])).run())
