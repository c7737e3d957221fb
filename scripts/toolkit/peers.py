"""What the transports are tested against: programs that are not Python packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .node import Node
from .system_package import prepare_program
from .venv import LINT, Venv

# Daemons are in a folder that an ordinary user's PATH leaves out.
BEARERBOX = ("bearerbox", "/usr/sbin/bearerbox")
SMSBOX = ("smsbox", "/usr/sbin/smsbox")


@dataclass(frozen=True)
class Peers:
    """Where the programs are."""

    node: Path
    """Node, from the linters' environment."""
    node_modules: Path
    """The packages of package-lock.json; `smpp`, an SMPP server, is among them."""
    bearerbox: str | None
    """Kannel's connection to an SMSC; None: not on this machine, and not to be installed."""
    smsbox: str | None
    """Kannel's HTTP side."""


def prepare_peers() -> Peers:
    """Install what is missing and say where everything is."""
    venv = Venv("lint", LINT)
    venv.prepare()
    node = Node(venv)
    node.prepare()
    boxes = [prepare_program("kannel", names, "its tests") for names in (BEARERBOX, SMSBOX)]
    return Peers(node.program, node.modules, *boxes)
