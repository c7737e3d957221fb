"""What `make` needs before anything is installed: standard library only, one job per file.

This file stays readable for every Python, so that a wrong one gets an answer and no SyntaxError.
"""

import sys

OLDEST = (3, 10)
NEWEST = (3, 13)  # as odoo/release.py of 19.0 has it; the pins end there, too

if not OLDEST <= sys.version_info[:2] <= NEWEST:
    sys.exit(
        # No f-string: the Python that reads this line may be too old for one.
        "error: this is Python %d.%d; the suite needs Python %d.%d to %d.%d.\n"  # noqa: UP031
        "  -> install one and name it: make PYTHON=python3.11 ..."
        % (sys.version_info[:2] + OLDEST + NEWEST)
    )
