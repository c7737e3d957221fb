"""What a failed HTTP request means: surely unsent, or in doubt."""

from __future__ import annotations

import requests
from urllib3.exceptions import InvalidHeader

from ..core.outcome import Fate, Outcome, in_doubt


def outcome_of_error(error: requests.RequestException, connecting: bool) -> Outcome:
    """Return the outcome of a message whose request raised. Holds no address: that has secrets.

    :param connecting: whether the connection did not come about, so that nothing was sent
    """
    kind = type(error).__name__
    # A header of the answer that cannot be read comes as a ValueError as well.
    answered = isinstance(next(iter(error.args), None), InvalidHeader)
    if isinstance(error, ValueError) and not answered:
        # Raised before anything is done: an address or header that cannot be sent.
        return Outcome(Fate.GATEWAY, "address", f"The request cannot be made ({kind}).")
    if connecting and isinstance(error, requests.exceptions.SSLError):
        text = "The gateway's certificate or encryption is not accepted."
        return Outcome(Fate.GATEWAY, "certificate", text)
    if connecting:
        return Outcome(Fate.RETRY, "unreachable", f"The gateway cannot be reached ({kind}).")
    if isinstance(error, requests.exceptions.Timeout):
        return in_doubt("no_answer", "The gateway did not answer in time.")
    return in_doubt("lost", f"The connection ended before the answer came ({kind}).")
