"""Builders for the tests of background tasks."""

from contextlib import contextmanager

from .common import EngineCase


class TaskCase(EngineCase):
    """Tasks run in test mode: the commits of the drainer end savepoints of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Task = cls.env["server.action.task"]
        cls.env["ir.cron.trigger"].search([]).unlink()

    @classmethod
    def new_code(cls, code="record.write({'color': record.color + 100})", **values):
        """Create a code action that runs once per record."""
        return cls.new_action("code", code=code, **{"code_scope": "record", **values})

    @classmethod
    def enqueue(cls, action, records=None, **options):
        return cls.Task._enqueue(action, cls.partners if records is None else records, **options)

    def drain(self):
        """Run what is ready; return the number of tasks that were run."""
        with self.committed():
            done, left = self.Task._drain()
        self.assertFalse(left)
        return done

    @contextmanager
    def committed(self):
        """Let code that opens cursors of its own see the test's records."""
        with self.enter_registry_test_mode():
            yield
        self.env.invalidate_all()

    def make_due(self, tasks):
        """Let the delay of tasks be over."""
        tasks.write({"due_at": "2020-01-01 00:00:00"})

    def claim(self, tasks):
        """Take ready tasks as a worker does that then dies; return the claim."""
        with self.committed():
            [head] = self.Task._in_transaction(self.Task._get_heads)
            claim = self.Task._in_transaction(self.Task._claim, head, len(tasks))
        self.assertCountEqual(claim.ids, tasks.ids)
        return claim

    def age_starts(self, tasks):
        """Let the grace period of started tasks be over."""
        tasks.write({"started_at": "2020-01-01 00:00:00"})
