"""Other connections to the database, which no savepoint of the dry run can undo."""

import sys
import threading
from contextlib import contextmanager

_WATCH = "server_action_engine_dry_runs"
_lock = threading.Lock()
#: Files whose frames are on the way to a new cursor, not its reason.
_OWN_FILES = (__file__, "contextlib.py", "/sql_db.py", "/orm/registry.py")
#: The engine opens connections to read its own configuration, and writes nothing there.
_OWN_ADDON = "odoo.addons.server_action_engine.models."


class _Watch:
    """Stands in for the ``cursor`` method of one registry while dry runs are on."""

    def __init__(self, registry):
        self.by_thread = {}
        self._registry = registry
        self._open = registry.cursor
        # Tests put a method of their own there.
        self._before = registry.__dict__.get("cursor")
        registry.cursor = self.cursor

    def cursor(self, readonly=False):
        recorder, env = self.by_thread.get(threading.get_ident(), (None, None))
        if recorder is not None and (place := _place()):
            recorder.not_simulated(
                env._(
                    "A connection of its own to the database was opened by %(place)s; what it "
                    "writes there is NOT undone and not shown.",
                    place=place,
                )
            )
        return self._open(readonly=readonly)

    def end(self):
        del self._registry.__dict__["cursor"]
        if self._before is not None:
            self._registry.cursor = self._before


@contextmanager
def connections_noted(env, recorder):
    """Tell the recorder of every connection this thread opens through the registry.

    The registry is shared with other threads, so its method is replaced while any dry run is on
    and looks at the thread that calls it; the last dry run to end puts it back.
    """
    marks, thread = env.registry.__dict__, threading.get_ident()
    with _lock:
        watch = marks.get(_WATCH)
        if watch is None:
            watch = marks[_WATCH] = _Watch(env.registry)
        watch.by_thread[thread] = (recorder, env)
    try:
        yield
    finally:
        with _lock:
            del watch.by_thread[thread]
            if not watch.by_thread:
                marks.pop(_WATCH).end()


def _place():
    """Return who asks for a cursor, an empty string if it is the engine itself."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.endswith(_OWN_FILES):
        frame = frame.f_back
    if frame is None:
        return "?"
    module = frame.f_globals.get("__name__", "")
    if module.startswith(_OWN_ADDON):
        return ""
    # Code of an action has its action for a file and no module.
    return f"{module}.{frame.f_code.co_name}" if module else frame.f_code.co_filename
