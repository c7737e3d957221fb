"""What the type selector of the form says about each type: icon and one sentence."""

from odoo import api, fields, models

#: Icon of a type that names none.
DEFAULT_ICON = "fa-circle-thin"


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    type_cards = fields.Json(compute="_compute_type_cards")
    type_icon = fields.Char(compute="_compute_type_cards")

    @api.model
    def _get_type_cards(self):
        """Return ``{state: {"icon": …, "help": …}}``; a new type adds its own entry.

        ``icon`` is a Font Awesome class, ``help`` one sentence on what the action does.
        """
        cards = {**self._stock_type_cards(), **self._engine_type_cards()}
        return {
            state: {"icon": icon, "help": help_text} for state, (icon, help_text) in cards.items()
        }

    def _stock_type_cards(self):
        return {
            "object_write": ("fa-pencil", self.env._("Changes values of the record.")),
            "object_create": ("fa-plus-square", self.env._("Creates a new record.")),
            "object_copy": ("fa-clone", self.env._("Duplicates a record.")),
            "code": ("fa-code", self.env._("Runs Python code.")),
            "webhook": (
                "fa-paper-plane",
                self.env._("Sends values of the record to another system."),
            ),
            "multi": ("fa-list-ul", self.env._("Runs several actions, one after the other.")),
            "mail_post": ("fa-envelope", self.env._("Sends an e-mail or posts a message.")),
            "followers": ("fa-user", self.env._("Makes contacts follow the record.")),
            "remove_followers": (
                "fa-user-times",
                self.env._("Stops contacts from following the record."),
            ),
            "next_activity": ("fa-clock-o", self.env._("Plans an activity for somebody.")),
            "sms": ("fa-mobile", self.env._("Sends a text message.")),
            "whatsapp": ("fa-whatsapp", self.env._("Sends a WhatsApp message.")),
            "ai": ("fa-magic", self.env._("Lets an assistant choose what to do.")),
        }

    def _engine_type_cards(self):
        return {
            "object_upsert": (
                "fa-refresh",
                self.env._(
                    "Updates the record with the same values in some fields, such as the e-mail "
                    "address, or creates it."
                ),
            ),
            "client": (
                "fa-window-maximize",
                self.env._("Opens a window or a web page, or prints a report."),
            ),
            "dummy": (
                "fa-file-text-o",
                self.env._("Changes nothing and writes a message to the log."),
            ),
            "loop": (
                "fa-repeat",
                self.env._("Runs an action on each of several related records."),
            ),
            "branch": (
                "fa-code-fork",
                self.env._("Runs one action if a condition is met, and another if not."),
            ),
        }

    @api.depends("state")
    def _compute_type_cards(self):
        cards = self._get_type_cards()
        for action in self:
            action.type_cards = cards
            action.type_icon = cards.get(action.state, {}).get("icon", DEFAULT_ICON)
