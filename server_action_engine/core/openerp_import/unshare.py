"""Give every child of a multi action one parent, as Odoo 19 wants it."""

from __future__ import annotations

from dataclasses import replace

from .definitions import Definitions, OldAction
from .report import Report
from .values import Ref

#: Between the external ids of a copied child and of its parent.
COPY_MARK = "__in_"
#: Actions that share each other's children multiply: beyond this the file is no sensible one.
MAX_COPIES = 1000


def unshare(definitions: Definitions, report: Report) -> None:
    """Order the children and copy those that several parents share, with all below them.

    OpenERP ran children by their sequence, whatever the order they were linked in. A child that
    leads back to its own parent is left out.
    """
    by_id = {action.xml_id: action for action in definitions.actions}
    parents: dict[str, str] = {}
    waiting = list(definitions.actions)
    most = len(waiting) + MAX_COPIES
    while waiting:
        action = waiting.pop(0)
        kept: list[Ref] = []
        for ref in _in_order(action, by_id):
            child = by_id.get(ref.xml_id)
            if child is None:
                kept.append(ref)
            elif _leads_to(child.xml_id, action.xml_id, parents):
                report.left_out(
                    action.line_of("child_ids"), action.xml_id, "child_cycle", child=ref.xml_id
                )
            elif child.xml_id not in parents:
                parents[child.xml_id] = action.xml_id
                kept.append(ref)
            elif len(definitions.actions) >= most:
                report.left_out(
                    action.line_of("child_ids"), action.xml_id, "too_many_copies", child=ref.xml_id
                )
            else:
                copy = _copy_for(child, action)
                if copy.xml_id in by_id:
                    continue
                by_id[copy.xml_id] = copy
                parents[copy.xml_id] = action.xml_id
                definitions.actions.append(copy)
                waiting.append(copy)
                kept.append(Ref(copy.xml_id))
                report.changed(
                    action.line_of("child_ids"), action.xml_id, "child_copied", child=ref.xml_id
                )
        action.children = list(kept)


def _copy_for(child: OldAction, parent: OldAction) -> OldAction:
    return replace(
        child, xml_id=f"{child.xml_id}{COPY_MARK}{parent.xml_id.replace('.', '_')}", bound=False
    )


def _in_order(action: OldAction, by_id: dict[str, OldAction]) -> list[Ref]:
    def key(ref: Ref) -> tuple[int, str]:
        child = by_id.get(ref.xml_id)
        return (_sequence(child), child.text("name")) if child else (5, "")

    return sorted(action.children, key=key)


def _sequence(action: OldAction) -> int:
    try:
        return int(str(action.values.get("sequence", 5)).strip())
    except ValueError:
        return 5


def _leads_to(child: str, action: str, parents: dict[str, str]) -> bool:
    """Tell whether ``child`` is the action itself, or one of those it is part of."""
    seen: set[str] = set()
    current: str | None = action
    while current is not None and current not in seen:
        if current.split(COPY_MARK)[0] == child.split(COPY_MARK)[0]:
            return True
        seen.add(current)
        current = parents.get(current)
    return False
