"""Run Odoo tests in a database that is already installed, with every addon loaded.

Executed by Odoo's Python, as ``runner.py RESULTS TAGS [odoo-bin arguments]``. Odoo's own command
runs ``at_install`` tests while only the addons below are loaded (so a suite of ``base`` would never
meet ours), and runs nothing at all after a second ``-i``. Suites, tags and test cases are Odoo's;
only the order is ours.

With ``TOUR_STEP_DELAY_MS`` set, browser tours wait that long before each step.

RESULTS receives one JSON object a line: ``{"id", "outcome", "detail", "seconds"}``, where
``outcome`` is ``passed``, ``failed``, ``error`` or ``skipped``. A failing subtest has a line of its
own.
"""

import contextlib
import inspect
import json
import logging
import os
import sys
import threading
import time
from pathlib import Path

import odoo
import odoo.http
import odoo.tests.common
from odoo.modules import module as odoo_module
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tests import loader
from odoo.tests.result import OdooTestResult
from odoo.tools import config

# No addon has this name: loading the registry must not start any test by itself.
NO_TEST = "/no_addon_has_this_name"


def main(results: str, tags: str, odoo_arguments: list[str]) -> int:
    """Run the tests of ``tags`` and return 0 if they were run, whatever came of them."""
    config.parse_config(
        [*odoo_arguments, "--test-enable", f"--test-tags={NO_TEST}"], setup_logging=True
    )
    slow_down_tours(os.environ.get("TOUR_STEP_DELAY_MS", ""))
    server.load_server_wide_modules()
    server.server = server.ThreadedServer(odoo.http.root)
    server.server.start(stop=True)
    [database] = config["db_name"]
    threading.current_thread().dbname = database
    with open(results, "w", encoding="utf-8") as stream:
        try:
            run(Registry.new(database), tags, stream)
        finally:
            # Chromium and the HTTP threads are not daemons in every case: stop as odoo-bin does.
            server.server.stop()
    return 0


def slow_down_tours(delay_ms: str) -> None:
    """Have every tour wait ``delay_ms`` before each step; Odoo's own option logs a warning."""
    if not delay_ms:
        return
    browser_js = odoo.tests.common.HttpCase.browser_js

    def slower(self, url_path, code, *args, **kwargs):
        code = code.replace('"stepDelay": 0', f'"stepDelay": {int(delay_ms)}')
        return browser_js(self, url_path, code, *args, **kwargs)

    odoo.tests.common.HttpCase.browser_js = slower


def run(registry, tags: str, stream) -> None:
    """Run the selected tests of all installed addons: ``at_install`` first, as Odoo orders them."""
    config["test_tags"] = tags
    names = sorted(registry._init_modules)
    with Registry._lock:
        # Tests of this position expect a registry which is still being loaded.
        registry.loaded = registry.ready = False
        try:
            with hooks_kept_right():
                run_suite(loader.make_suite(names, "at_install"), registry, stream)
        finally:
            registry.loaded = registry.ready = True
    suite = loader.make_suite(names, "post_install")
    if any(opens_browser(type(test)) for test in suite):
        # Compiling the assets takes longer than a tour may.
        with registry.cursor() as cr:
            odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})[
                "ir.qweb"
            ]._pregenerate_assets_bundles()
    run_suite(suite, registry, stream)


@contextlib.contextmanager
def hooks_kept_right():
    """Have a registry that is built anew take its hooks off and put them on again.

    Odoo does so only when a registry says that it is ready. One that is being loaded has no hooks
    yet; this one has, because other modules' hooks are what the tests are to meet.
    """
    build = Registry._setup_models__

    def build_as_ready(registry, *args, **kwargs):
        ready, registry.ready = registry.ready, True
        try:
            return build(registry, *args, **kwargs)
        finally:
            registry.ready = ready

    Registry._setup_models__ = build_as_ready
    try:
        yield
    finally:
        Registry._setup_models__ = build


def opens_browser(test_class: type) -> bool:
    """Tell whether the source of a test class starts a tour or runs JavaScript."""
    source = inspect.getsource(test_class)
    return "start_tour" in source or "browser_js" in source


def run_suite(suite, registry, stream) -> None:
    odoo_module.current_test = True
    result = RecordingResult(stream, registry._assertion_report)
    suite(result)
    odoo_module.current_test = False
    registry._assertion_report.update(result)


class RecordingResult(OdooTestResult):
    """Odoo's result which also writes each outcome as one line of JSON."""

    def __init__(self, stream, global_report):
        super().__init__(global_report=global_report)
        self.stream = stream
        self.started = time.monotonic()
        self.failed = False

    def startTest(self, test):
        self.started = time.monotonic()
        self.failed = False
        super().startTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        # A test with failing subtests is reported as a success as well.
        if not self.failed:
            self.write(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.write(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.write(test, "failed", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.write(test, "error", self._exc_info_to_string(err, test))

    def write(self, test, outcome: str, detail: str = "") -> None:
        self.failed = outcome != "passed"
        line = {
            "id": identify(test),
            "outcome": outcome,
            "detail": detail,
            "seconds": round(time.monotonic() - self.started, 3),
        }
        self.stream.write(json.dumps(line) + "\n")
        self.stream.flush()


def identify(test) -> str:
    """Return ``addon:Class.method``, with ``[subtest]`` behind it, or a failed set-up's name."""
    parent = getattr(test, "test_case", None)
    if parent is not None:
        return f"{identify(parent)} [{test._subDescription()}]"
    if not hasattr(test, "test_module"):
        return str(test)
    return f"{test.test_module}:{type(test).__name__}.{test._testMethodName}"


if __name__ == "__main__":
    # The folder of a script is put on the path first: it must not hide any module of Odoo's.
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if entry != here]
    code = main(sys.argv[1], sys.argv[2], sys.argv[3:])
    logging.shutdown()
    # A thread of a test that never ends must not keep the whole run waiting.
    os._exit(code)
