"""``old``, ``new`` and ``changed`` in the texts of e-mails and text messages that rules send."""

from odoo import api, models

from .old_values import OldRecord, change_names, changed_function


class _OfRecord:
    """One of the names, for whichever record a text is being rendered.

    Odoo asks for the names once, and then puts one record after the other among them.
    """

    __slots__ = ("_name", "_names")

    def __init__(self, name, names):
        self._name = name
        self._names = names

    def _value(self):
        record = self._names["object"]
        known = change_names(record)
        if not known:
            # Outside of a rule, such as in a preview: nothing has changed.
            old = OldRecord(record, {})
            known = {"old": old, "new": record, "changed": changed_function(record, old)}
        return known[self._name]

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._value(), name)

    def __getitem__(self, name):
        return self._value()[name]

    def __bool__(self):
        return bool(self._value())

    def __call__(self, *names):
        return self._value()(*names)


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    @api.model
    def _render_eval_context(self):
        names = super()._render_eval_context()
        names.update((name, _OfRecord(name, names)) for name in ("old", "new", "changed"))
        return names
