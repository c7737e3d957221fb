"""The parent's end of a worker process."""

import json
import subprocess
from pathlib import Path

STOCK = ["base_automation", "sms", "mail"]
TESTS = Path(__file__).resolve().parents[1]


class EngineError(Exception):
    """A worker died; the message ends with the last lines it wrote."""


class Engine:
    """One engine ("hand", "stock" or "ours") kept alive in its own process and database."""

    def __init__(self, name, env, database):
        self.name, self.database = name, database
        self.log_path = Path(env.work) / f"bench-{name}.log"
        self.log = open(self.log_path, "w")
        command = [env.python, "-m", "bench.worker", "--config", env.conf]
        command += ["--database", database, "--engine", name]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=TESTS,
            env=env.environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self._answer()

    def ask(self, **command):
        """Send a command and wait for its answer, a dict."""
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.flush()
            last = "\n".join(self.log_path.read_text().splitlines()[-25:])
            raise EngineError(f"the worker of engine {self.name} died:\n{last}")
        return json.loads(line)

    def stop(self):
        """End the process; it has no open transaction between commands."""
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(timeout=60)
        self.log.close()
