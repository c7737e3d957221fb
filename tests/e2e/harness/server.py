"""A running Odoo server: HTTP and cron threads, as a process of its own."""

import os
import signal
import subprocess
from pathlib import Path

import psutil
import requests

from .client import WebClient
from .meeting import wait_until
from .preloaded import Preloaded, is_alive

STOP_SECONDS = 20


class OdooServer:
    """One server on one database; start it, talk to it, stop or kill it."""

    def __init__(
        self,
        env,
        folder: Path,
        database: str,
        preloaded: Preloaded | None = None,
        cron_threads: int = 0,
        kill_points: tuple[str, ...] = (),
    ):
        """:param preloaded: the process to fork; without it the server is ``odoo-bin``, and loads
            Odoo itself
        :param cron_threads: 0 leaves scheduled actions alone until a test wants them
        :param kill_points: places where its threads wait, see ``kill_points.py``
        """
        if kill_points and not preloaded:
            raise ValueError("odoo-bin knows no kill points: give a process to fork")
        self.env = env
        self.database = database
        self.port = env.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"server-{self.port}.log"
        self.arguments = ["-c", str(env.conf), "-d", database, "--db-filter", f"^{database}$"]
        self.arguments += ["--http-interface", "127.0.0.1", "--http-port", str(self.port)]
        self.arguments += ["--max-cron-threads", str(cron_threads), "--workers", "0"]
        self.folder = folder
        self.cron_threads = cron_threads
        self.process: psutil.Process | None = None
        self._preloaded, self._kill_points = preloaded, kill_points

    def start(self) -> "OdooServer":
        """Start the process and wait until it answers."""
        self.process = self._fork() if self._preloaded else self._run()
        wait_until(self.answers, f"the server of {self.database} to answer; its log: {self.log}")
        return self

    def _run(self) -> psutil.Process:
        with self.log.open("ab") as stream:
            return psutil.Popen(
                [str(self.env.python), str(self.env.odoo_bin), *self.arguments],
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=self.env.environ(),
                cwd=self.folder,
                start_new_session=True,
            )

    def _fork(self) -> psutil.Process:
        return self._preloaded.fork(
            {
                "database": self.database,
                "program": str(self.env.odoo_bin),
                "server": self.arguments,
                "folder": str(self.folder),
                "log": str(self.log),
                "kill_points": self._kill_points,
                "meeting": str(self.folder / "meeting"),
            }
        )

    def answers(self) -> bool:
        """:raises RuntimeError: if the process has ended instead"""
        if not is_alive(self.process):
            tail = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"the server has ended:\n{tail}")
        try:
            return requests.get(f"{self.url}/web/health", timeout=5).ok
        except requests.RequestException:
            return False

    def login(self, login: str = "admin", password: str = "admin") -> WebClient:
        return WebClient(self.url, self.database, login, password)

    def stop(self) -> None:
        """Stop it as an administrator does; what it leaves behind is killed and reported.

        :raises AssertionError: if it did not end by itself, or left a process
        """
        if self.process is None or not is_alive(self.process):
            return
        if self.cron_threads:
            # Odoo closes the connections of a job that is running, which then fills the log.
            wait_until(self.is_at_rest, f"the scheduled actions of {self.database} to end")
        children = self.process.children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"the server did not stop within {STOP_SECONDS} s: {self.log}"
            ) from None
        _gone, left = psutil.wait_procs(children, timeout=5)
        for child in left:
            child.kill()
        assert not left, f"the server left processes behind: {left}"

    def is_at_rest(self) -> bool:
        """Tell whether no scheduled action runs: Odoo locks the row of one that does."""
        free = "(SELECT count(*) FROM (SELECT FROM ir_cron FOR NO KEY UPDATE SKIP LOCKED) free)"
        running = self.env.psql(self.database, f"SELECT count(*) - {free} FROM ir_cron")
        return int(running) == 0

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None and is_alive(self.process):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
