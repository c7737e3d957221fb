"""Which of stock's methods somebody else has changed.

Other modules override the methods of ``base.automation`` that stock calls for every event, and
tests patch them. The fast way around them is taken only while they are what they were.
"""

from __future__ import annotations

from odoo.addons.base_automation.models.base_automation import BaseAutomation as StockRule

#: Methods of stock that the index and the bulk run do without.
_METHODS = (
    "_process",
    "_get_actions",
    "_filter_pre",
    "_filter_post",
    "_filter_post_export_domain",
    "_check_trigger_fields",
    "_get_eval_context",
)
FILTERS = frozenset(
    {"_filter_pre", "_filter_post", "_filter_post_export_domain", "_get_eval_context"}
)
_STOCK = {name: StockRule.__dict__[name] for name in _METHODS}
_ATTRIBUTE = "base_automation_ext_definers"


def overridden(rules, own: dict) -> frozenset[str]:
    """Return the names of the methods that are neither stock's nor the suite's.

    :param rules: any ``base.automation`` recordset
    :param own: method name → the suite's function, for those it overrides itself
    """
    model_class = type(rules)
    found = {name for name in _static_overrides(model_class, own)}
    for name, function in _STOCK.items():
        if (
            StockRule.__dict__[name] is not function
            or model_class.__dict__.get(name) is not None
            or getattr(model_class, name) is not own.get(name, function)
        ):
            found.add(name)
    return frozenset(found)


def _static_overrides(model_class, own):
    """Return the methods some class between the suite's and stock's defines."""
    cached = model_class.__dict__.get(_ATTRIBUTE)
    if cached is None or cached[0] is not model_class.__mro__:
        known = set(own.values()) | set(_STOCK.values())
        names = frozenset(
            name
            for name in _METHODS
            for definer in model_class.__mro__
            if name in definer.__dict__
            and definer is not StockRule
            and definer.__dict__[name] not in known
        )
        cached = (model_class.__mro__, names)
        setattr(model_class, _ATTRIBUTE, cached)
    return cached[1]
