"""Trigger: a button that a rule puts into the form and above the list of its model."""

import hashlib
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.server_action_engine.core.subscriptions import SIGNAL

from ..core.client_condition import ClientConditionError, client_condition
from ..core.triggers.button import OnButton
from .rule_trigger import pause_rules

TRIGGER = "on_button"
_LOOK = (
    "sequence",
    "button_on_form",
    "button_on_list",
    "button_icon",
    "button_group_ids",
    "button_domain",
)
_ICON = re.compile(r"(fa|oi)-[a-z0-9-]+")
_TEXTS = frozenset({"name", "button_label", "button_confirm"})


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    trigger = fields.Selection(
        selection_add=[("on_button", "Button")], ondelete={"on_button": pause_rules}
    )
    button_label = fields.Char(
        string="Button Label",
        translate=True,
        help="What is written on the button. Empty: the name of the rule.",
    )
    button_icon = fields.Char(
        string="Button Icon", help="A Font Awesome icon in front of the label, such as fa-check."
    )
    button_on_form = fields.Boolean(string="In the Form", default=True, tracking=True)
    button_on_list = fields.Boolean(
        string="Above the List",
        tracking=True,
        help="Shown when records are selected. The rule runs on those of them that match.",
    )
    button_confirm = fields.Text(
        string="Ask First",
        translate=True,
        help="A question that has to be confirmed before the rule runs. Empty: it runs at once.",
    )
    button_group_ids = fields.Many2many(
        "res.groups",
        "base_automation_button_group_rel",
        string="Only for Groups",
        # The last group gone would mean: for everybody.
        ondelete="restrict",
        help="Groups that see the button and may press it. Empty: everybody whom “May Be Pressed "
        "by” allows.",
    )
    button_access = fields.Selection(
        [("write", "Who may change the record"), ("read", "Who may see the record")],
        string="May Be Pressed by",
        default="write",
        required=True,
        tracking=True,
        help="The rule works on the record whatever the rights of the user, as all rules do. This "
        "says who may start it.",
    )
    button_domain = fields.Char(
        string="Shown If",
        help="The button is shown on records that match, and refuses others. Only fields of the "
        "record itself can be used here; for anything else use the filter “Apply on”, which is "
        "looked at when the button is pressed.",
    )

    @api.constrains(
        "trigger", "button_on_form", "button_on_list", "button_icon", "button_domain", "model_id"
    )
    def _check_button(self):
        for rule in self.filtered(lambda rule: rule.trigger == TRIGGER):
            if not (rule.button_on_form or rule.button_on_list):
                raise ValidationError(
                    self.env._(
                        "The button of the rule “%(rule)s” is shown nowhere: choose the form, the "
                        "list or both.",
                        rule=rule.name,
                    )
                )
            if rule.button_icon and not _ICON.fullmatch(rule.button_icon):
                raise ValidationError(
                    self.env._(
                        "“%(icon)s” is not an icon. Write the name of a Font Awesome icon, such as "
                        "fa-check.",
                        icon=rule.button_icon,
                    )
                )
            rule._check_button_domain()

    def _check_button_domain(self):
        try:
            self._button_condition()
            if domain := self._button_domain():
                Domain(domain).validate(self.env[self.model_id.model])
        except ClientConditionError as exc:
            problem = self._sentence_of_condition(exc)
        except (ValueError, TypeError, KeyError) as exc:
            problem = str(exc)
        else:
            return
        raise ValidationError(
            self.env._(
                "The filter “Shown If” of the rule “%(rule)s” cannot be used: %(problem)s Use the "
                "filter “Apply on” for it, which is looked at when the button is pressed.",
                rule=self.name,
                problem=problem,
            )
        )

    def _sentence_of_condition(self, error):
        what = error.what
        return {
            "syntax": lambda: self.env._("it is not a filter."),
            "name": lambda: self.env._(
                "“%(what)s” is not known in a form; it knows only fixed values and uid.", what=what
            ),
            "path": lambda: self.env._(
                "“%(what)s” is a field of another record, which a form does not know.", what=what
            ),
            "unknown": lambda: self.env._("the model has no field “%(what)s”.", what=what),
            "restricted": lambda: self.env._("not everybody may read “%(what)s”.", what=what),
            "type": lambda: self.env._("a form cannot compare “%(what)s”.", what=what),
            "operator": lambda: self.env._(
                "a form cannot decide “%(what)s”; it knows =, !=, in, not in, and <, <=, >, >= "
                "for numbers and dates.",
                what=what,
            ),
            "value": lambda: self.env._(
                "“%(what)s” is compared with something a form cannot compare it with; records are "
                "named by their id there.",
                what=what,
            ),
        }[error.reason]()

    def _button_condition(self):
        """Return “Shown If” as an expression for the web client, "" for always.

        :raises ClientConditionError: it cannot be one
        """
        names = self.env[self.model_id.model]._fields
        return client_condition(
            self.button_domain or "",
            {name: field.type for name, field in names.items()},
            {name for name, field in names.items() if field.groups},
        )

    # -- what the index asks ----------------------------------------------------------------------

    def _make_trigger_on_button(self):
        places = {"form": self.button_on_form, "list": self.button_on_list}
        look = [self.id, *(repr(self[name]) for name in _LOOK)]
        for code, _name in self.env["res.lang"].get_installed():
            translated = self.with_context(lang=code)
            look += [translated._button_text(), translated.button_confirm]
        return OnButton(
            view_types=frozenset(name for name, shown in places.items() if shown),
            look=hashlib.sha256(repr(look).encode()).hexdigest()[:16],
        )

    def _subscriptions_of_on_button(self, entry):
        return [self._subscription(entry, SIGNAL)]

    def _button_text(self):
        return self.button_label or self.name

    def write(self, vals):
        result = super().write(vals)
        # The index does without the name, but a button without a label bears it.
        if "name" in vals and any(
            rule.trigger == TRIGGER and not rule.button_label for rule in self
        ):
            self._index_changed()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        # Translations do not pass `write`.
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if field_name in _TEXTS and any(rule.trigger == TRIGGER for rule in self):
            self._index_changed()
        return result
