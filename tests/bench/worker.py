"""One engine in one process: takes commands as JSON lines, answers with what it measured.

Commands: {"do": "install"}, {"do": "setup", "case": …}, {"do": "remove"},
{"do": "round", "case": …, "part": "act" or "hand", "late": bool}, {"do": "stop"}.
"""

import argparse
import gc
import json
import logging
import sys
import time
from pathlib import Path

from . import data
from .cases import CASES


class Worker:
    """Holds the registry of one database between commands, as a server process does."""

    def __init__(self, config_file, database, engine):
        from odoo.tools import config  # only the environment's own Python has Odoo

        config.parse_config(["-c", config_file, "-d", database, "--no-http"])
        logging.getLogger("odoo").setLevel(logging.ERROR)
        self.database, self.engine = database, engine

    def transaction(self):
        """Return a cursor and an environment on it; the caller commits or rolls back."""
        from odoo import SUPERUSER_ID, api
        from odoo.modules.registry import Registry

        cr = Registry(self.database).cursor()
        return cr, api.Environment(cr, SUPERUSER_ID, {})

    def committed(self, function, *args):
        """Run the function in a transaction of its own."""
        cr, env = self.transaction()
        with cr:
            function(env, *args)
            env.flush_all()
            cr.commit()
        env.registry.signal_changes()

    def do_install(self, _command):
        self.committed(data.install, self.engine != "hand")

    def do_setup(self, command):
        case = CASES[command["case"]]
        if self.engine != "hand":
            self.committed(case.setup)

    def do_remove(self, _command):
        self.committed(data.remove_rules)

    def do_round(self, command):
        """Measure one round in a transaction that is rolled back.

        :returns: {"seconds", "peak_mb"}, seconds per operation, memory of the whole process.
        """
        case = CASES[command["case"]]
        cr, env = self.transaction()
        try:
            if command["late"]:
                data.run_rules_on_1000_records(env)
            prepared = case.prepare(env)
            env.flush_all()
            reset_peak_memory()
            started = time.perf_counter()
            getattr(case, command["part"])(env, prepared)
            env.flush_all()
            seconds = time.perf_counter() - started
            return {"seconds": seconds / case.operations, "peak_mb": peak_memory_mb()}
        finally:
            cr.rollback()
            cr.close()
            # Otherwise the next round pays for this one's garbage.
            env = prepared = None
            gc.collect()


def reset_peak_memory():
    """Make the kernel forget the process's highest memory use (proc(5), clear_refs, value 5).

    No garbage collection here: the environments that earlier rules of the transaction have left
    behind are what "late" is about.
    """
    Path("/proc/self/clear_refs").write_text("5")


def peak_memory_mb():
    """Return the highest resident memory since the last reset, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return None


def main():
    parser = argparse.ArgumentParser()
    for name in ("config", "database", "engine"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    # Odoo and its libraries may print: keep the channel of answers to ourselves.
    answers, sys.stdout = sys.stdout, sys.stderr
    worker = Worker(args.config, args.database, args.engine)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "stop":
            break
        answer = getattr(worker, f"do_{command['do']}")(command) or {}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
