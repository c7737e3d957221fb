"""A sender that keeps a journal, to be killed: port, journal, number of messages.

It does in a file what Odoo does in its database: attempts are safe before anything is sent,
outcomes are safe as they come, and what was attempted without an outcome is never tried again.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pure_addons

pure_addons.install()

from sms_peers import kit  # noqa: E402

CHUNK = 20


def main(port, path, count):
    known = set()
    if os.path.exists(path):
        with open(path) as lines:
            for line in lines:
                known |= set(json.loads(line).get("attempt", ()))
    waiting = [number for number in range(count) if number not in known]
    gateway = kit.account(port, window=10, per_second=1000.0)
    with open(path, "a") as journal:

        def write(entry):
            journal.write(json.dumps(entry) + "\n")
            journal.flush()
            os.fsync(journal.fileno())

        def attempts():
            for start in range(0, len(waiting), CHUNK):
                chunk = waiting[start : start + CHUNK]
                write({"attempt": chunk})
                for number in chunk:
                    yield from kit.parts(gateway, 1, start=number)

        sender = kit.client(gateway)
        for answer in sender.send(attempts()):
            write({"outcome": {answer.key[0]: answer.outcome.fate.value}})
        sender.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
