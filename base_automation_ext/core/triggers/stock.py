"""The triggers Odoo brings, with what the form says about them."""

from __future__ import annotations

from odoo.addons.server_action_engine.core.subscriptions import (
    CREATE,
    MESSAGE,
    ONCHANGE,
    UNLINK,
    WRITE,
)

from .base import (
    AFTER,
    BEFORE,
    CHANGE,
    CUSTOM,
    DEPRECATED,
    EXTERNAL,
    MAIL,
    TIMING,
    VALUES,
    Group,
    Trigger,
    _lt,
)
from .registry import register

_SAVED = frozenset({CREATE, WRITE})
_ALL = frozenset({BEFORE, AFTER, CHANGE})
_AFTER = frozenset({AFTER})
# Odoo offers these one filter, and keeps it as the one before.
_BEFORE = frozenset({BEFORE})


def _stock(
    key: str,
    group: Group,
    icon: str,
    text: str,
    events: frozenset[str] = frozenset(),
    filters: frozenset[str] = _ALL,
) -> None:
    register(
        type(
            key,
            (Trigger,),
            {
                "key": key,
                "group": group,
                "icon": icon,
                "help": text,
                "events": events,
                "filters": filters,
                "is_stock": True,
            },
        )
    )


_stock(
    "on_stage_set",
    VALUES,
    "fa-columns",
    _lt("The record reaches the chosen stage, or is created in it."),
    _SAVED,
)
_stock(
    "on_user_set", VALUES, "fa-user", _lt("Somebody becomes responsible for the record."), _SAVED
)
_stock("on_tag_set", VALUES, "fa-tag", _lt("The chosen tag is added."), _SAVED)
_stock(
    "on_state_set",
    VALUES,
    "fa-exchange",
    _lt("The record reaches the chosen state, or is created in it."),
    _SAVED,
)
_stock("on_priority_set", VALUES, "fa-star", _lt("The priority becomes the chosen one."), _SAVED)
_stock("on_archive", VALUES, "fa-archive", _lt("The record is archived."), frozenset({WRITE}))
_stock(
    "on_unarchive",
    VALUES,
    "fa-folder-open",
    _lt("The record is taken out of the archive."),
    frozenset({WRITE}),
)
_stock(
    "on_message_received",
    MAIL,
    "fa-inbox",
    _lt("A message from outside is posted on the record."),
    frozenset({MESSAGE}),
    _BEFORE,
)
_stock(
    "on_message_sent",
    MAIL,
    "fa-paper-plane",
    _lt("One of your users posts a message on the record."),
    frozenset({MESSAGE}),
    _BEFORE,
)
_stock(
    "on_time",
    TIMING,
    "fa-calendar",
    _lt("Some time before or after a date of the record."),
    frozenset(),
    _AFTER,
)
_stock(
    "on_time_created",
    TIMING,
    "fa-clock-o",
    _lt("Some time after the record was created."),
    frozenset(),
    _AFTER,
)
_stock(
    "on_time_updated",
    TIMING,
    "fa-clock-o",
    _lt("Some time after the record was last changed."),
    frozenset(),
    _AFTER,
)
_stock("on_create", CUSTOM, "fa-plus", _lt("A record is created."), frozenset({CREATE}), _AFTER)
_stock("on_create_or_write", CUSTOM, "fa-pencil", _lt("A record is created or changed."), _SAVED)
_stock(
    "on_unlink",
    CUSTOM,
    "fa-trash",
    _lt("A record is about to be deleted."),
    frozenset({UNLINK}),
    _AFTER,
)
_stock(
    "on_change",
    CUSTOM,
    "fa-i-cursor",
    _lt("Somebody edits a form and has not saved yet."),
    frozenset({ONCHANGE}),
    _AFTER,
)
_stock(
    "on_webhook",
    EXTERNAL,
    "fa-globe",
    _lt("Another system calls the address of the rule."),
    frozenset(),
    _AFTER,
)
_stock(
    "on_write",
    DEPRECATED,
    "fa-pencil",
    _lt("A record is changed. Use “On create and edit” or “On update only”."),
    frozenset({WRITE}),
)
