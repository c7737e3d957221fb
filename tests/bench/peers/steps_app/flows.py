"""The same workflows as those of our benchmark, in django-viewflow."""

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.models import Process


def nothing(_activation):
    """Do nothing, as our activities do."""


class Net(flow.Flow):
    """Eleven activities that nothing stops: five, three side by side, an end."""

    process_class = Process
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle(this.begin).Next(this.s1)
    s1 = flow.Function(nothing).Next(this.s2)
    s2 = flow.Function(nothing).Next(this.s3)
    s3 = flow.Function(nothing).Next(this.s4)
    s4 = flow.Function(nothing).Next(this.split)
    split = flow.Split().Next(this.left).Next(this.middle).Next(this.right)
    left = flow.Function(nothing).Next(this.join)
    middle = flow.Function(nothing).Next(this.join)
    right = flow.Function(nothing).Next(this.join)
    join = flow.Join().Next(this.end)
    end = flow.End()

    def begin(self, activation):
        """Start a process."""
        return activation.process


class Steps(flow.Flow):
    """Steps that each wait for a call."""

    process_class = Process
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle(this.begin).Next(this.one)
    one = flow.Handle(this.step).Next(this.two)
    two = flow.Handle(this.step).Next(this.three)
    three = flow.Handle(this.step).Next(this.four)
    four = flow.Handle(this.step).Next(this.end)
    end = flow.End()

    def begin(self, activation):
        """Start a process."""
        return activation.process

    def step(self, _activation):
        """Take a step."""
