"""The methods of the hook classes.

Each first asks whether the records are of the model itself (a model that inherits from another one
by ``_name`` and ``_inherit`` has both hooks in its line), then the gate. The shared index is good
while its number is the registry's and the transaction itself has changed nothing; everything else
is decided by ``gate.current``. These lines stand in each method because a function around them
would double the price of a call nobody listens to.

Each maker takes the registry, its gate, the model's class, and the class that finds the original.
"""

from __future__ import annotations

from collections.abc import Mapping

from .event_hook_creation import note_insertion
from .event_hook_dispatch import (
    around_compute,
    around_create,
    around_message,
    around_unlink,
    around_write,
)
from .event_hook_gate import CACHE_NAME, CHANGED


def _make_create(registry, gate, model_class, below):
    name = model_class._name

    def create(self, vals_list, **kw):
        if type(self) is model_class:
            env = self.env
            number, index = gate.state
            if number != registry.cache_sequences[CACHE_NAME] or CHANGED in env.cr.__dict__:
                index = gate.current(env)
            if name in index:
                if isinstance(vals_list, Mapping):
                    vals_list = [vals_list]
                return around_create(
                    index[name], self, vals_list, lambda me, todo: below.create(me, todo, **kw)
                )
        return below.create(self, vals_list, **kw)

    # Remote calls look at this mark; the decorator's own wrapper would cost one more call.
    create._api_model = True
    return create


def _make_create_rows(registry, gate, model_class, below):
    def _create(self, data_list):
        if type(self) is model_class:
            note_insertion(self, data_list)
        return below._create(self, data_list)

    return _create


def _make_write(registry, gate, model_class, below):
    name = model_class._name

    def write(self, vals, **kw):
        if type(self) is model_class:
            env = self.env
            number, index = gate.state
            if number != registry.cache_sequences[CACHE_NAME] or CHANGED in env.cr.__dict__:
                index = gate.current(env)
            if name in index:
                return around_write(
                    index[name], self, vals, lambda me, vals: below.write(me, vals, **kw)
                )
        return below.write(self, vals, **kw)

    return write


def _make_unlink(registry, gate, model_class, below):
    name = model_class._name

    def unlink(self, **kw):
        if type(self) is model_class:
            env = self.env
            number, index = gate.state
            if number != registry.cache_sequences[CACHE_NAME] or CHANGED in env.cr.__dict__:
                index = gate.current(env)
            if name in index:
                return around_unlink(index[name], self, lambda me: below.unlink(me, **kw))
        return below.unlink(self, **kw)

    return unlink


def _make_compute_field_value(registry, gate, model_class, below):
    name = model_class._name

    def _compute_field_value(self, field):
        if type(self) is model_class:
            env = self.env
            number, index = gate.state
            if number != registry.cache_sequences[CACHE_NAME] or CHANGED in env.cr.__dict__:
                if not any(one.store for one in registry.field_computed[field]):
                    # Nobody is told of it; and while a value is computed it reads as empty, so a
                    # rule whose model is being looked up would not be found.
                    return below._compute_field_value(self, field)
                index = gate.current(env)
            if name in index:
                return around_compute(index[name], self, field, below._compute_field_value)
        return below._compute_field_value(self, field)

    return _compute_field_value


def _make_message_post(registry, gate, model_class, below):
    name = model_class._name

    def message_post(self, *args, **kw):
        found = gate.current(self.env).get(name) if type(self) is model_class else None
        if found is None:
            return below.message_post(self, *args, **kw)
        return around_message(found, self, lambda me: below.message_post(me, *args, **kw))

    return message_post


HOOKED_METHODS = {
    "create": _make_create,
    "_create": _make_create_rows,
    "write": _make_write,
    "unlink": _make_unlink,
    "_compute_field_value": _make_compute_field_value,
    "message_post": _make_message_post,
}
