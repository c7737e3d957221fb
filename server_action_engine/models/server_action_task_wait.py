"""How a lane waits: for a moment it knows of, and for what other transactions commit meanwhile."""

import select
import time

import psycopg2

from odoo import sql_db

#: A lane stays awake that long after its last task. What is queued meanwhile starts
#: at once: starting a scheduled action takes Odoo up to a tenth of a second, each time.
REST_SECONDS = 1.0

#: A process that is being stopped is gone after this time.
STOP_SECONDS = 10.0

#: What Odoo tells its own schedulers when a scheduled action is triggered, and where: the payload
#: is the name of the database. (``IrCron._notifydb``)
_CHANNEL, _DATABASE = "cron_trigger", "postgres"


class LaneRest:
    """The ear of a lane. It holds a connection from its first wait to the end of the lane.

    ::

        with LaneRest(database, REST_SECONDS) as rest:
            while work():
                rest.worked()
            if rest.start():        # from now on nothing is missed
                look_once_more()
            rest.wait(rest.left())
    """

    def __init__(self, database, seconds, awake=False):
        """:param seconds: how long to stay awake after the last task; 0 for a lane that ends
        :param awake: stay awake that long also before the first one
        """
        self._database, self._seconds = database, seconds
        self._until = time.monotonic() + seconds if awake else 0.0
        self._cursor = None

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self._cursor is not None:
            # It would go on listening in the pool, but connections to this database are not kept.
            self._cursor.close()
            self._cursor = None

    def worked(self):
        """Start the time anew after which the lane ends."""
        self._until = time.monotonic() + self._seconds

    def left(self):
        """Return the seconds the lane still stays awake, 0.0 when it has rested enough."""
        return max(0.0, self._until - time.monotonic())

    def start(self):
        """Begin to listen.

        :returns: True the first time; what was committed before then has to be looked for
        """
        if self._cursor is not None:
            return False
        self._cursor = sql_db.db_connect(_DATABASE).cursor()
        self._cursor.execute(f"LISTEN {_CHANNEL}")
        self._cursor.commit()  # pylint: disable=invalid-commit; it holds nothing else
        return True

    def wait(self, seconds):
        """Sleep until somebody triggers a scheduled action of the database, or time is over."""
        deadline = time.monotonic() + seconds
        try:
            # Asked once more at the end: who sleeps does not notice that the connection is closed.
            while not self._is_called() and (remaining := deadline - time.monotonic()) > 0:
                select.select([self._cursor._cnx], [], [], remaining)
        except psycopg2.InterfaceError:
            # Closed by this very process, which is being stopped. (``ThreadedServer.stop``) All a
            # lane could still do fails and fills the log; the process ends and this thread with it.
            time.sleep(STOP_SECONDS)
            raise

    def _is_called(self):
        connection = self._cursor._cnx
        connection.poll()
        called = {notice.payload for notice in connection.notifies}
        connection.notifies.clear()
        return self._database in called
