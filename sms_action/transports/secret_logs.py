"""Keep secrets out of the logs of the HTTP library, which writes whole addresses."""

from __future__ import annotations

import logging
import weakref

from ..core.http.account import HttpAccount

LIBRARY = "urllib3.connectionpool"


class SecretFilter(logging.Filter):
    """Masks the secrets of the accounts in use in every record of a logger."""

    def __init__(self) -> None:
        super().__init__()
        # The accounts' owners go, and their secrets with them.
        self._accounts: weakref.WeakSet[HttpAccount] = weakref.WeakSet()

    def protect(self, account: HttpAccount) -> None:
        """Mask this account's secrets from now on."""
        self._accounts.add(account)
        logger = logging.getLogger(LIBRARY)
        if self not in logger.filters:
            logger.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it holds a secret; let all pass."""
        text = record.getMessage()
        for account in list(self._accounts):
            text = account.mask(text)
        record.msg, record.args = text, ()
        return True


SECRETS = SecretFilter()
