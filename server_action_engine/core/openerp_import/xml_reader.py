"""Read ``<terp>``, ``<openerp>`` and ``<odoo>`` data files into plain records.

The file comes from outside: no entity is expanded, nothing is loaded, sizes are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from lxml import etree

from ..errors import ConfigurationError

MAX_BYTES = 10 * 1024 * 1024
MAX_RECORDS = 20_000
ROOTS = ("openerp", "odoo", "terp")
GROUPS = ("data",)

TEXT = "text"
EVAL = "eval"
REF = "ref"
SEARCH = "search"
MARKUP = "markup"
FILE = "file"

#: Attributes of a short-cut tag such as ``<wizard>`` are its fields; these are not.
_SHORTCUTS = {
    "wizard": "ir.actions.wizard",
    "report": "ir.actions.report",
    "act_window": "ir.actions.act_window",
    "url": "ir.actions.act_url",
    "menuitem": "ir.ui.menu",
}


class DataFileError(ConfigurationError):
    """The file cannot be read at all.

    :param code: which message: ``empty``, ``too_large``, ``too_many_records``, ``entities``,
        ``not_xml``, ``wrong_root``
    :param line: line of the file, 0 if unknown
    :param detail: what the parser or the file says
    """

    def __init__(self, code: str, line: int = 0, detail: str = "") -> None:
        super().__init__(f"{code} (line {line}): {detail}")
        self.code = code
        self.line = line
        self.detail = detail


@dataclass(frozen=True)
class FieldNode:
    """One ``<field>`` of a record."""

    name: str
    kind: str
    """``text``, ``eval``, ``ref``, ``search``, ``markup`` (inner XML) or ``file``."""
    text: str
    """Text, expression, external id, search domain or file name, by kind."""
    line: int
    model: str = ""
    """Model of a search or of the names in an eval."""
    use: str = ""
    """Field whose value a search takes; "" is the id."""


@dataclass(frozen=True)
class Record:
    """One ``<record>``, or a short-cut tag written out."""

    model: str
    xml_id: str
    """External id as written, "" if there is none."""
    line: int
    fields: dict[str, FieldNode] = field(default_factory=dict)
    noupdate: bool = False

    def text(self, name: str, default: str = "") -> str:
        """Return the text of a field, stripped, whatever its kind; ``default`` if absent."""
        node = self.fields.get(name)
        return node.text.strip() if node else default


@dataclass(frozen=True)
class OtherTag:
    """A tag that is no record: ``<function>``, ``<delete>``, ``<workflow>`` …"""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass
class DataFile:
    """The content of one data file, in its order."""

    records: list[Record] = field(default_factory=list)
    others: list[OtherTag] = field(default_factory=list)


def read(content: bytes) -> DataFile:
    """Read a data file.

    :param content: the file, in any encoding its XML declaration names
    :raises DataFileError: it is empty, too large, no XML, no data file, or declares entities
    """
    if not content.strip():
        raise DataFileError("empty")
    if len(content) > MAX_BYTES:
        raise DataFileError("too_large", detail=str(MAX_BYTES // (1024 * 1024)))
    _refuse_entities(content)
    root = _parse(content)
    if root.tag not in ROOTS:
        raise DataFileError("wrong_root", root.sourceline or 0, str(root.tag))
    data_file = DataFile()
    for node, noupdate in _top_nodes(root, False):
        _add(data_file, node, noupdate)
        if len(data_file.records) > MAX_RECORDS:
            raise DataFileError("too_many_records", node.sourceline or 0, str(MAX_RECORDS))
    return data_file


def _refuse_entities(content: bytes) -> None:
    """Stop at the first declared entity, before anything could expand it."""
    parser = expat.ParserCreate()

    def refuse(name: str, *_args: Any) -> None:
        raise DataFileError("entities", parser.CurrentLineNumber, name)

    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise DataFileError("not_xml", error.lineno, expat.ErrorString(error.code)) from None
    except (LookupError, ValueError) as error:
        # An encoding Python does not know, or one with several bytes per character.
        raise DataFileError("not_xml", 1, str(error)) from None


def _parse(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DataFileError("not_xml", error.lineno or 0, error.msg or "") from None


def _top_nodes(parent: Any, noupdate: bool) -> Iterator[tuple[Any, bool]]:
    noupdate = _is_true(parent.get("noupdate"), noupdate)
    for node in parent:
        if node.tag in GROUPS or node.tag in ROOTS:
            yield from _top_nodes(node, noupdate)
        elif isinstance(node.tag, str):
            yield node, noupdate


def _is_true(text: str | None, default: bool) -> bool:
    return default if text is None else text.strip().lower() not in ("", "0", "false")


def _add(data_file: DataFile, node: Any, noupdate: bool) -> None:
    line = node.sourceline or 0
    if node.tag == "record":
        fields = {name: field_node for name, field_node in map(_field, node.iterfind("field"))}
        xml_id = (node.get("id") or "").strip()
        model = (node.get("model") or "").strip()
        data_file.records.append(Record(model, xml_id, line, fields, noupdate))
    elif node.tag in _SHORTCUTS:
        fields = {
            str(name): FieldNode(str(name), TEXT, str(value), line)
            for name, value in node.attrib.items()
            if name != "id"
        }
        xml_id = (node.get("id") or "").strip()
        data_file.records.append(Record(_SHORTCUTS[node.tag], xml_id, line, fields, noupdate))
    else:
        attributes = {str(name): str(value) for name, value in node.attrib.items()}
        data_file.others.append(OtherTag(node.tag, line, attributes))


def _field(node: Any) -> tuple[str, FieldNode]:
    name = (node.get("name") or "").strip()
    kind, text = _content(node)
    model, use = node.get("model") or "", node.get("use") or ""
    return name, FieldNode(name, kind, text, node.sourceline or 0, model, use)


def _content(node: Any) -> tuple[str, str]:
    for attribute in (REF, EVAL, SEARCH, FILE):
        if node.get(attribute) is not None:
            return attribute, node.get(attribute).strip()
    if len(node):
        inner = "".join(etree.tostring(child, encoding="unicode") for child in node)
        return MARKUP, (node.text or "") + inner
    return TEXT, node.text or ""
