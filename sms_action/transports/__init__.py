"""How messages leave and reports come in. Nothing here knows Odoo's database.

=======================  ==========================================================================
``HttpGateway``          many requests at a time to a gateway described as data
``SmppGateway``          one SMPP session, kept alive; sends, and listens for reports
``SmppClient``           the same for single parts
``MemoryGateway``        keeps messages in memory, for users' tests
=======================  ==========================================================================

All have ``send``, which takes an iterable and yields an ``Answer`` (key, outcome) for each
element, in any order, and ``close``. They take messages, only ``SmppClient`` takes parts
(``core.smpp.submissions.submissions``).

**Nothing is sent twice in silence.** Elements are taken from the iterable only when they can go
out. Record the attempts of a chunk and commit before the iterable yields the chunk; store each
outcome as it comes. A key whose attempt is recorded and which has no outcome after a crash is *in
doubt*, and so is an answer that was lost; every other fate but *accepted* says that the gateway
surely does not have the message.
"""

from .answer import Answer
from .http_client import HttpGateway
from .memory import MemoryGateway
from .smpp_client import SmppClient
from .smpp_events import BindError, SessionError
from .smpp_gateway import SmppGateway

__all__ = [
    "Answer",
    "BindError",
    "HttpGateway",
    "MemoryGateway",
    "SessionError",
    "SmppClient",
    "SmppGateway",
]
