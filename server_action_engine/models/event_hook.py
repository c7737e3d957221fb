"""The one place where the suite stands around the methods of other models.

Between the class of each model and the classes it is made of, one more class is put in: the hook
class. So the hook sees the final values whatever the model's own overrides do after ``super()``,
the original is found at run time, and patches that other modules set on or remove from the
model's class (audit logs, tests, ``base_automation`` itself, which deletes attributes it never
set) neither disturb the hook nor are disturbed by it.
"""

from __future__ import annotations

from odoo import models

from .event_hook_gate import gate_of
from .event_hook_methods import HOOKED_METHODS

_MARK = "_server_action_event_hook"


class EventHook(models.AbstractModel):
    """Installs the hook classes when the registry is loaded."""

    _name = "server.action.event.hook"
    _description = "Event Hook"

    def _register_hook(self):
        super()._register_hook()
        registry = self.env.registry
        # The models may have changed under the subscriptions.
        gate_of(registry).reset()
        for model_class in registry.values():
            if not model_class._abstract and not _hook_classes(model_class):
                hook = _make_hook_class(registry, model_class)
                model_class.__bases__ = (hook, *model_class.__bases__)

    def _unregister_hook(self):
        super()._unregister_hook()
        for model_class in self.env.registry.values():
            if _hook_classes(model_class):
                model_class.__bases__ = tuple(
                    base for base in model_class.__bases__ if _MARK not in base.__dict__
                )


def _hook_classes(model_class):
    """Return the hook classes among the direct bases of a model's class."""
    return [base for base in model_class.__bases__ if _MARK in base.__dict__]


def _make_hook_class(registry, model_class):
    """Build the hook class of ``model_class``."""
    gate = gate_of(registry)
    below = _make_lookup_class(model_class)
    # No __doc__ and no __dict__: the class must not show in the model's help nor change the
    # layout of its instances.
    attributes = {_MARK: True, "__slots__": (), "__module__": __name__}
    for name, make in HOOKED_METHODS.items():
        original = getattr(model_class, name, None)
        if original is not None:
            method = attributes[name] = make(registry, gate, model_class, below)
            method.__doc__ = original.__doc__
            method.__qualname__ = f"EventHook.{name}"
    return type("EventHook", (), attributes)


def _make_lookup_class(model_class):
    """Build a class without instances whose attributes are what ``model_class`` inherits.

    Reading ``lookup.write`` finds the method below the hook by Python's own attribute cache, which
    follows every later change of a class; ``super()`` finds the same, but walks the whole line of
    classes on every call (2 µs on a model of average depth).
    """
    attributes = {"_register": False, "__slots__": (), "__module__": __name__}
    return type(model_class)("EventHookLookup", model_class._base_classes__, attributes)
