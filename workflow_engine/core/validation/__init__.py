"""What is wrong or doubtful with a definition, found before it is published.

Each check is a function of its own that looks at one version; :func:`problems` asks them all.
Errors make publishing impossible, warnings are shown to the author.
"""

from .report import ERROR, WARNING, Problem, problems

__all__ = ["ERROR", "WARNING", "Problem", "problems"]
