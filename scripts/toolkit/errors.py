"""The one error of the toolkit: it ends the command with a sentence instead of a traceback."""

from __future__ import annotations


class SetupError(SystemExit):
    """Something a person has to change: says what failed and what to do.

    It is a ``SystemExit``, so a script that does not catch it prints the text to standard error
    and ends with exit code 1.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        text = f"error: {problem}"
        if remedy:
            text += f"\n  -> {remedy}"
        super().__init__(text)
