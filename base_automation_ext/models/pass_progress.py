"""What a pass over the rules has done, and how much time it has left."""

import time

#: How often a pass tells its scheduled action: a read, a write and a commit each time.
PROGRESS_SECONDS = 1.0


class PassProgress:
    """Counts jobs; ends the transaction after each of them."""

    def __init__(self, cron):
        """Begin; the transaction before is committed."""
        self._cron, self._count = cron, 0
        self._end = cron.env.context.get("cron_end_time", float("inf"))
        self._tell()

    def job_done(self, left):
        """Count a job.

        :param left: how many there still are
        :returns: the seconds left for them
        """
        self._count += 1
        now = time.monotonic()
        if not left or now >= self._end or now - self._told_at >= PROGRESS_SECONDS:
            return self._tell()
        self._cron.env.cr.commit()  # pylint: disable=invalid-commit; as telling does
        return self._end - now

    def _tell(self):
        # Never a remainder: Odoo would call the action up to ten times more, without time to work.
        # The pass sees to it itself that it is gone on with.
        seconds = self._cron._commit_progress(self._count, remaining=0)
        self._count, self._told_at = 0, time.monotonic()
        return seconds
