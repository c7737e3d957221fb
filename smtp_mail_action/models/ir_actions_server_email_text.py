"""Subject and text of the type ``email``, in the language and time zone of whoever reads them."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.mail import plaintext2html

from odoo.addons.server_action_engine.core.errors import ConfigurationError
from odoo.addons.server_action_engine.models.drafts import (
    concerns_all,
    each_open,
    rendered_one_by_one,
    short_cause,
)

from ..core.addressees import divide, locales_of
from ..core.headers import check_header


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    email_template_id = fields.Many2one(
        "mail.template",
        string="Mail Template",
        ondelete="set null",
        domain="[('model_id', '=', model_id)]",
        help="The template gives the subject and the text, and whatever is left empty here: "
        "sender, recipients, copies, account, attachments.",
    )
    email_subject = fields.Char(
        string="Subject",
        translate=True,
        help="It may hold fields: Order [[ object.name ]] or Order {{ object.name }}.",
    )
    email_format = fields.Selection(
        [
            ("text", "Plain Text"),
            ("html", "HTML"),
            ("qweb", "HTML with QWeb"),
        ],
        string="Format",
        default="text",
        required=True,
        help="Plain text: as it is written.\n"
        "HTML: tags are kept; values of fields are escaped.\n"
        "HTML with QWeb: also tags such as <t t-out='object.name'/>, t-if and t-foreach.",
    )
    email_message = fields.Text(
        string="Text",
        translate=True,
        help="It may hold fields: Dear [[ object.partner_id.name ]]. Dates and amounts are "
        "written the way the recipient's language does.",
    )

    @api.model
    def _sample_depends(self):
        return [*super()._sample_depends(), "email_subject", "email_message", "email_format"]

    def _sample_sources(self):
        sources = super()._sample_sources()
        if self.state == "email":
            sources.append((self.env._("Subject"), self.email_subject, True))
            if not self.email_template_id and self.email_format == "text":
                sources.append((self.env._("Text"), self.email_message, True))
        return [source for source in sources if source[1]]

    def _email_sources(self):
        """Return the texts that are evaluated, for the choice of the environment."""
        names = ("sender", "to", "cc", "bcc", "reply_to", "subject", "message")
        return [self[f"email_{name}"] or "" for name in names]

    def _mentions_old_values(self):
        # Always, as stock's types that write messages: the mail template may change at any time.
        return self.state == "email" or super()._mentions_old_values()

    def _evaluated_texts(self):
        template = self.email_template_id
        return [
            *super()._evaluated_texts(),
            *(*self._email_sources(), template.subject, template.body_html),
        ]

    def _email_write(self, drafts, scope_of, env):
        """Write the texts, once per record and locale, and divide the addressees by them."""
        texts = self._email_template_texts(drafts, env) if self.email_template_id else {}
        writers = {}

        def write(draft):
            own = {}

            def text_for(locale):
                if locale not in own:
                    key = (draft.record.id, locale)
                    if locale not in writers:
                        writers[locale] = _Writer(self, locale, env)
                    own[locale] = writers[locale].compose(draft, scope_of, texts.get(key))
                return own[locale]

            draft.parts = divide(draft.envelope, text_for, self.email_each)

        each_open(drafts, write)

    def _email_template_texts(self, drafts, env):
        """Return ``{(record id, locale): (subject, body) or the error}`` of the mail template."""
        ids_by_locale = {}
        for draft in drafts:
            if draft.is_open:
                for locale in locales_of(draft.envelope):
                    ids_by_locale.setdefault(locale, []).append(draft.record.id)
        texts = {}
        for locale, ids in ids_by_locale.items():
            template = self.email_template_id.with_env(env).with_context(
                lang=locale.lang, tz=locale.tz
            )
            for name in ("subject", "body_html"):
                for res_id, text in _rendered(template, name, ids).items():
                    texts.setdefault((res_id, locale), []).append(text)
        return texts


class _Writer:
    """Writes the texts of one action for one locale."""

    def __init__(self, action, locale, env):
        self.action = action.with_context(lang=locale.lang)
        self.locale = locale
        self.env = env
        # Read once: the translations of the action.
        self.subject = self.action.email_subject
        self.message = self.action.email_message

    def compose(self, draft, scope_of, rendered):
        """Return ``(subject, body)`` for a record.

        :param rendered: what the mail template gave, None without one
        :raises HeaderError: the subject is more than one line
        """
        for text in rendered or ():
            if isinstance(text, Exception):
                raise text
        names = scope_of(draft.record)
        subject = self._merge(self.subject, names) if self.subject or not rendered else rendered[0]
        subject = str(subject or "").strip()
        check_header("Subject", subject)
        # A mail template has escaped its values.
        body = Markup(rendered[1]) if rendered else self._body(draft, names)  # noqa: S704
        return subject, body

    def _merge(self, text, names, html=False):
        return self.action._merge_template(text, names, self.locale.lang, self.locale.tz, html)

    def _body(self, draft, names):
        kind = self.action.email_format
        if kind == "text":
            return plaintext2html(self._merge(self.message, names))
        if kind == "html":
            return self._merge(self.message, names, html=True)
        return self._qweb(draft, names)

    def _qweb(self, draft, names):
        env = self.env(context={**self.env.context, "lang": self.locale.lang, "tz": self.locale.tz})
        # Through the model of mail templates, whose authors, like those of actions, are trusted
        # with all of QWeb; the rights on records are those of ``env``.
        try:
            rendered = env["mail.template"]._render_template_qweb(
                self.message or "",
                draft.record._name,
                draft.record.ids,
                add_context={
                    "record": draft.record.with_env(env),
                    "parent": names.get("parent"),
                },
            )
        except Exception as exc:
            if concerns_all(exc):
                raise
            raise ConfigurationError(
                self.action.env._(
                    "The text of the action “%(action)s” cannot be written for %(record)s: "
                    "%(cause)s",
                    action=self.action.name,
                    record=self.action._draft_record_name(draft),
                    cause=short_cause(exc),
                )
            ) from exc
        return Markup(rendered.get(draft.record.id, ""))  # noqa: S704 - QWeb has escaped values


def _rendered(template, name, ids):
    options = {"options": {"post_process": True}} if name == "body_html" else {}
    return rendered_one_by_one(
        template, name, ids, lambda exc: _template_error(template, exc), **options
    )


def _template_error(template, exc):
    return ConfigurationError(
        template.env._(
            "The mail template “%(template)s” cannot be written: %(cause)s",
            template=template.name,
            cause=short_cause(exc),
        )
    )
