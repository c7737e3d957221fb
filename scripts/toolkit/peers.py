"""What the transports are tested against: programs that are not Python packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .node import Node
from .unpacked import Program, prepare_programs
from .venv import LINT, Venv


@dataclass(frozen=True)
class Peers:
    """Where the programs are."""

    node: Path
    """Node, from the linters' environment."""
    node_modules: Path
    """The packages of package-lock.json; `smpp`, an SMPP server, is among them."""
    bearerbox: Program
    """Kannel's connection to an SMSC."""
    smsbox: Program
    """Kannel's HTTP side."""
    smtp_sink: Program
    """Postfix' SMTP server for tests, which fails on demand."""


def prepare_peers() -> Peers:
    """Fetch what is missing and say where everything is.

    :raises SetupError: when something can be neither found nor fetched
    """
    venv = Venv("lint", LINT)
    venv.prepare()
    node = Node(venv)
    node.prepare()
    kannel = prepare_programs("kannel", ["bearerbox", "smsbox"])
    return Peers(node.program, node.modules, *kannel, *prepare_programs("postfix", ["smtp-sink"]))
