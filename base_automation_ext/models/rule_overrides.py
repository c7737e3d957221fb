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
#: Methods by which other modules find the records of timed rules themselves.
TIME_METHODS = ("_search_time_based_automation_records",)
FILTERS = frozenset(
    {"_filter_pre", "_filter_post", "_filter_post_export_domain", "_get_eval_context"}
)
_STOCK = {name: StockRule.__dict__[name] for name in (*_METHODS, *TIME_METHODS)}
_ATTRIBUTE = "base_automation_ext_definers"


def overridden(rules, own: dict, methods=_METHODS) -> frozenset[str]:
    """Return the names of the methods that are neither stock's nor the suite's.

    :param rules: any ``base.automation`` recordset
    :param own: method name → the suite's functions, for those it overrides itself; the first is
        the one that is called
    :param methods: the methods that are asked about
    """
    model_class = type(rules)
    found = {name for name in _static_overrides(model_class, own, methods)}
    for name in methods:
        function = _STOCK[name]
        if (
            StockRule.__dict__[name] is not function
            or model_class.__dict__.get(name) is not None
            or getattr(model_class, name) is not (own.get(name) or (function,))[0]
        ):
            found.add(name)
    return frozenset(found)


def _static_overrides(model_class, own, methods):
    """Return the methods some class between the suite's and stock's defines."""
    attribute = f"{_ATTRIBUTE}_{methods[0]}"
    cached = model_class.__dict__.get(attribute)
    if cached is None or cached[0] is not model_class.__mro__:
        known = {function for functions in own.values() for function in functions}
        known |= set(_STOCK.values())
        names = frozenset(
            name
            for name in methods
            for definer in model_class.__mro__
            if name in definer.__dict__
            and definer is not StockRule
            and definer.__dict__[name] not in known
        )
        cached = (model_class.__mro__, names)
        setattr(model_class, attribute, cached)
    return cached[1]
