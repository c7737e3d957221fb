"""For whom and when a rule fires at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleScope:
    """The part of a rule that asks neither what changed nor how the record looks."""

    company_ids: frozenset[int] = frozenset()
    """Companies whose records it concerns; empty for all."""
    group_ids: frozenset[int] = frozenset()
    """Groups of which the acting user must have one; empty for everybody."""
    skip_import: bool = False
    """Whether it ignores records that are being imported from a file."""
    skip_install: bool = False
    """Whether it ignores what the installation or update of a module writes."""

    def admits(self, context: Mapping[str, Any], is_loading: bool) -> bool:
        """Tell whether the rule fires in a call with ``context``.

        :param is_loading: whether modules are being loaded
        """
        if self.skip_import and context.get("import_file"):
            return False
        installing = is_loading or context.get("install_mode") or context.get("module")
        return not (self.skip_install and installing)

    def admits_user(self, group_ids: Collection[int]) -> bool:
        """Tell whether the rule fires for a user who has the groups ``group_ids``."""
        return not self.group_ids or not self.group_ids.isdisjoint(group_ids)

    def admits_company(self, company_id: int | None, current_id: int) -> bool:
        """Tell whether the rule concerns a record.

        :param company_id: the record's company, if it has one
        :param current_id: the company the user works in
        """
        return not self.company_ids or (company_id or current_id) in self.company_ids
