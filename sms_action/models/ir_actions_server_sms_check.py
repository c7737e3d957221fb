"""What can be wrong with an action of type ``sms``, and what a run says about it."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import get_translation

from odoo.addons.server_action_engine.core import recipients as core
from odoo.addons.server_action_engine.core.errors import ConfigurationError, EngineError
from odoo.addons.server_action_engine.core.frames import state_of
from odoo.addons.server_action_engine.core.template import SYNTAXES

from ..core.addressees import numbers_in
from ..core.errors import NumberError
from ..core.numbers import parse_number, parse_sender
from .ir_actions_server_sms_numbers import SMS

#: Lines of a run about people who got nothing; the rest is counted.
_MAX_LINES = 20
#: What stock says of every model without messages.
_STOCK_WARNING = "Sending SMS can only be done on a not transient mail.thread model"


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    # -- in the form ---------------------------------------------------------------------------

    @api.model
    def _warning_depends(self):
        names = "to text sender gateway_id partner_ids template_id method max_parts"
        return [*super()._warning_depends(), *(f"sms_{name}" for name in names.split())]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state != "sms" or not self.sms_is_extended:
            return warnings
        if not self.model_id.transient:
            # An action of this addon works on any model.
            stock = get_translation("sms", self.env.lang or "en_US", _STOCK_WARNING, ())
            warnings = [text for text in warnings if str(text) != stock]
        return warnings + [problem for problem in self._sms_problems() if problem]

    def _sms_problems(self):
        """Yield what keeps the action from working; "" for nothing."""
        yield self._sms_named("sms_to", self._recipients_problem(self.sms_to, SMS))
        yield from map(self._sms_written_number_problem, self._recipient_sources(self.sms_to, SMS))
        if not self.sms_template_id and not (self.sms_text or "").strip():
            yield self.env._("Write a text, or choose an SMS template.")
        if not self.sms_template_id:
            yield self._sms_named("sms_text", self._template_problem(self.sms_text))
        yield self._sms_named("sms_sender", self._template_problem(self.sms_sender))
        yield self._sms_written_sender_problem()
        if self.sms_max_parts < 0:
            yield self.env._("“At Most (Parts)” is a number of parts, or 0 for no limit.")
        if self.sms_method == "note" and not self.model_id.is_mail_thread:
            yield self.env._(
                "“%(model)s” has no messages to note the SMS among. Choose another way to send it.",
                model=self.model_id.name,
            )
        gateway = self.sms_gateway_id
        if gateway and not gateway.active:
            yield self.env._(
                "The gateway “%(gateway)s” is archived. Choose another one, or restore it.",
                gateway=gateway.name,
            )

    def _sms_named(self, name, problem):
        if not problem:
            return ""
        label = self._fields[name].get_description(self.env)["string"]
        return self.env._("“%(field)s”: %(problem)s", field=label, problem=problem)

    def _sms_written_number_problem(self, source):
        """Return why a number that is written down can get no message, or "".

        Without a country code it depends on the record.
        """
        if source.kind != core.LITERAL:
            return ""
        for raw in numbers_in(source.value):
            if raw.startswith(("+", "00")):
                try:
                    parse_number(raw)
                except NumberError as error:
                    return self._sms_named("sms_to", self._sms_number_text(raw, error.reason))
        return ""

    def _sms_written_sender_problem(self):
        """Return why a sender that is written down cannot be one, or ""."""
        text = (self.sms_sender or "").strip()
        if not text or any(syntax[:2] in text for syntax in SYNTAXES):
            return ""
        try:
            parse_sender(text, self.env.company.country_id.code)
        except NumberError:
            return self._sms_sender_problem(text)
        return ""

    def _sms_sender_problem(self, text):
        return self.env._(
            "“%(sender)s” cannot be a sender: use a number, a short code, or at most 11 letters, "
            "digits and spaces.",
            sender=text,
        )

    # -- why somebody gets nothing -------------------------------------------------------------

    def _sms_refusal_text(self, refusal):
        return self._sms_number_text(refusal.shown, refusal.reason)

    def _sms_number_text(self, shown, reason):
        texts = {
            "missing": self.env._("“%(shown)s” has no number."),
            "no_country": self.env._(
                "“%(shown)s” has no country code, and no country is known for it."
            ),
            "unreadable": self.env._("“%(shown)s” is no phone number."),
            "invalid": self.env._("“%(shown)s” is no valid number of its country."),
            "landline": self.env._("“%(shown)s” is a landline."),
            "premium": self.env._("“%(shown)s” is a premium number."),
            "blacklisted": self.env._("“%(shown)s” is on the list of numbers that want no SMS."),
        }
        return texts[reason] % {"shown": shown}

    # -- in a run ------------------------------------------------------------------------------

    def _sms_check_configuration(self, records):
        """Refuse what would fail on every record.

        :raises ConfigurationError: says what to change
        """
        if not all(records) and self.sms_template_id:
            raise ConfigurationError(
                self.env._(
                    "The action “%(action)s” uses an SMS template, which needs a record to write "
                    "about. Start it on records, or write the text in the action.",
                    action=self.name,
                )
            )

    def _sms_explain(self, draft):
        """Let an error that an expression raised by itself say where it comes from."""
        if draft.error is None or isinstance(draft.error, EngineError | UserError):
            return
        error = ConfigurationError(
            self.env._(
                "The SMS of “%(action)s” cannot be written for %(record)s: %(cause)s",
                action=self.name,
                record=self._draft_record_name(draft),
                cause=f"{type(draft.error).__name__}: {draft.error}",
            )
        )
        error.__cause__ = draft.error
        draft.error = error

    def _sms_note_left_out(self, drafts):
        """Say in the run who gets nothing, and why."""
        lines = []
        for draft in drafts:
            if draft.error is not None:
                continue
            name = self._draft_record_name(draft)
            if draft.skipped:
                lines.append(
                    self.env._("No SMS for %(record)s: %(why)s", record=name, why=draft.skipped)
                )
                continue
            whys = [self._sms_refusal_text(refusal) for refusal in draft.refusals]
            for why in [*whys, *filter(None, [draft.unsent])]:
                lines.append(self.env._("Left out for %(record)s: %(why)s", record=name, why=why))
        self._sms_say(lines)

    def _sms_say(self, lines):
        messages = state_of(self.env.cr).current.messages
        messages.extend(lines[:_MAX_LINES])
        if len(lines) > _MAX_LINES:
            messages.append(
                self.env._("… and %(count)s more were left out.", count=len(lines) - _MAX_LINES)
            )

    def _sms_say_count(self, pairs):
        parts = sum(letter.segments.count for _draft, letter in pairs)
        self._sms_say(
            [
                self.env._(
                    "SMS written to the queue: %(count)s, in parts: %(parts)s.",
                    count=len(pairs),
                    parts=parts,
                )
            ]
        )
