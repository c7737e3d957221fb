"""Texts of the type ``sms``: in the language of whoever reads them, and the parts they cost."""

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.errors import ConfigurationError, PermanentError
from odoo.addons.server_action_engine.core.recipients import Locale
from odoo.addons.server_action_engine.models.drafts import (
    each_open,
    rendered_one_by_one,
    short_cause,
)

from ..core.segments import MAX_PARTS, split
from ..core.transliterate import cheaper
from .sms_draft import Letter


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    sms_text = fields.Text(
        string="SMS Text",
        translate=True,
        help="It may hold fields: Dear [[ object.name ]] or Dear {{ object.name }}. Dates and "
        "amounts are written the way the recipient's language does.",
    )

    @api.model
    def _sample_depends(self):
        return [*super()._sample_depends(), "sms_text", "sms_sender", "sms_template_id"]

    def _sample_sources(self):
        sources = super()._sample_sources()
        if self.state == "sms":
            sources.append((self.env._("Sender"), self.sms_sender, True))
        return [source for source in sources if source[1]]

    def _sms_sources(self):
        """Return the texts that are evaluated, for the choice of the environment."""
        return [self.sms_to, self.sms_text, self.sms_sender]

    def _evaluated_texts(self):
        return [*super()._evaluated_texts(), *self._sms_sources()]

    # -- writing -------------------------------------------------------------------------------

    def _sms_write(self, drafts, scope_of, env):
        """Write the texts, once per record and locale."""
        open_drafts = [draft for draft in drafts if draft.is_open]
        texts = self._sms_template_texts(open_drafts, env) if self.sms_template_id else None
        written = {}

        def write(draft):
            own = {}
            for one in draft.people:
                if one.locale not in own:
                    if texts is None:
                        own[one.locale] = self._sms_own_text(draft, one.locale, scope_of, written)
                    else:
                        own[one.locale] = _value(texts[draft.record.id, one.locale])
                gateways = draft.gateways[one.number]
                draft.letters.append(Letter(one, own[one.locale], gateways))

        each_open(open_drafts, write)

    def _sms_own_text(self, draft, locale, scope_of, sources):
        """Return the text that is written in the action, for one record.

        :param sources: dict language → the action's text in it, filled here
        """
        if locale.lang not in sources:
            # An action that is being edited has a text in one language only.
            translated = self.with_context(lang=locale.lang).sms_text
            sources[locale.lang] = translated or self.sms_text or ""
        text = self._merge_template(
            sources[locale.lang], scope_of(draft.record), locale.lang, locale.tz
        )
        return _plain(text)

    def _sms_template_texts(self, drafts, env):
        """Return ``{(record id, locale): text or error}`` of the SMS template.

        A template that says by itself in which language to write is obeyed.
        """
        template = self.sms_template_id.with_env(env)
        ids = [draft.record.id for draft in drafts]
        languages = {}
        if template.lang and ids:
            languages = rendered_one_by_one(template, "lang", ids, self._sms_template_error)
        wanted = {}
        texts = {}
        for draft in drafts:
            chosen = languages.get(draft.record.id)
            for one in draft.people:
                key = draft.record.id, one.locale
                if isinstance(chosen, Exception):
                    texts[key] = chosen
                else:
                    locale = Locale(chosen or one.locale.lang, one.locale.tz)
                    wanted.setdefault(locale, {}).setdefault(draft.record.id, []).append(key)
        for locale, keys_by_id in wanted.items():
            translated = template.with_context(lang=locale.lang, tz=locale.tz)
            rendered = rendered_one_by_one(
                translated, "body", list(keys_by_id), self._sms_template_error
            )
            for res_id, keys in keys_by_id.items():
                text = rendered[res_id]
                text = text if isinstance(text, Exception) else _plain(text)
                texts.update(dict.fromkeys(keys, text))
        return texts

    def _sms_template_error(self, exc):
        return ConfigurationError(
            self.env._(
                "The SMS template “%(template)s” cannot be written: %(cause)s",
                template=self.sms_template_id.name,
                cause=short_cause(exc),
            )
        )

    # -- parts ---------------------------------------------------------------------------------

    def _sms_measure(self, drafts):
        """Cut the texts into parts, and leave out what cannot be sent."""
        most = min(self.sms_max_parts or MAX_PARTS, MAX_PARTS)

        def measure(draft):
            problems = []
            for letter in draft.letters:
                letter.segments = split(_as_sent(letter))
                if problem := self._sms_length_problem(letter, most):
                    problems.append(problem)
            if not problems:
                return
            why = " ".join(dict.fromkeys(problems))
            if self.sms_on_missing == "fail":
                raise PermanentError(
                    self.env._(
                        "The SMS of “%(action)s” for %(record)s cannot be sent: %(why)s",
                        action=self.name,
                        record=self._draft_record_name(draft),
                        why=why,
                    )
                )
            draft.letters = [
                one for one in draft.letters if not self._sms_length_problem(one, most)
            ]
            draft.unsent = why
            if not draft.letters:
                draft.skipped = why

        each_open(drafts, measure)

    def _sms_length_problem(self, letter, most):
        if not letter.text.strip():
            return self.env._("The text is empty.")
        if letter.segments.count > most:
            return self.env._(
                "The text of %(count)s characters has %(parts)s parts; at most %(most)s are sent.",
                count=len(letter.text),
                parts=letter.segments.count,
                most=most,
            )
        return ""


def _as_sent(letter):
    """Return the text the first gateway sends."""
    return cheaper(letter.text) if letter.gateways[:1].transliterate else letter.text


def _plain(text):
    """Return a text with line ends as phones know them: the others cost a character more."""
    return str(text or "").replace("\r\n", "\n").replace("\r", "\n")


def _value(text):
    """Return a text, or raise the error that stands in its place."""
    if isinstance(text, Exception):
        raise text
    return text
