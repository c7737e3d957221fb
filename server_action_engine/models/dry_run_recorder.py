"""What a dry run hears while it runs."""

from ..core.frames import state_of
from ..core.redact import keep_text


def dry_run_of(cr):
    """Return the recorder of the dry run that uses ``cr``, or None.

    Code that would do something no savepoint can undo – send, consume, write elsewhere – asks
    here first, and tells the recorder instead.
    """
    return state_of(cr).dry_run


class Recorder:
    """Collects what cannot be read from the database afterwards."""

    def __init__(self):
        self.frames = []
        self.conditions = []
        self.outgoing = []
        self.remarks = []
        self.numbers = {}
        self.domain_kept = {}

    def would_leave(self, kind, title, detail=""):
        """Note something that would leave the database.

        :param kind: ``mail``, ``sms``, ``webhook``, ``task``, ``network`` or ``callback``
        :param title: what it is, for people
        :param detail: recipient, address or content
        """
        self.outgoing.append(
            {
                "kind": kind,
                "title": keep_text(str(title)) or "",
                "detail": keep_text(str(detail)) or "",
            }
        )

    def not_simulated(self, text):
        """Note an effect the dry run leaves out; said once however often it happens."""
        if text not in self.remarks:
            self.remarks.append(text)

    def next_number(self, sequence, predict, increment):
        """Return the number a PostgreSQL sequence would give, without taking it.

        :param sequence: name of the sequence
        :param predict: function that asks PostgreSQL for the next number
        :param increment: step of the sequence
        """
        if sequence in self.numbers:
            self.numbers[sequence] += increment
        else:
            self.numbers[sequence] = predict()
        return self.numbers[sequence]

    def forget_numbers(self, prefix):
        """Ask PostgreSQL again: sequences whose names start with ``prefix`` were changed."""
        for name in [name for name in self.numbers if name.startswith(prefix)]:
            del self.numbers[name]
