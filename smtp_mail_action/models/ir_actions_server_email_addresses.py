"""Addresses of the type ``email``: recipients with their languages, sender, place of answers."""

from odoo import models

from odoo.addons.server_action_engine.core.errors import ConfigurationError, PermanentError
from odoo.addons.server_action_engine.core.recipients import Recipient
from odoo.addons.server_action_engine.models.drafts import each_open

from ..core.address_lists import parse_addresses, parse_mailbox
from ..core.addressees import (
    Addressee,
    Envelope,
    Locale,
    addressees,
    without_repeats,
    written,
)

EMAIL = "email"
#: Fields that hold the address of a record, where its model does not say which one does.
_ADDRESS_FIELDS = ("email", "email_from", "partner_email", "work_email")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _is_address(self, text, medium):
        if medium != EMAIL:
            return super()._is_address(text, medium)
        parsed = parse_addresses(text)
        return bool(parsed.mailboxes) and not parsed.problems

    def _address_field(self, model, medium):
        if medium != EMAIL:
            return super()._address_field(model, medium)
        named = model._mail_get_primary_email_field()
        return named or next((name for name in _ADDRESS_FIELDS if name in model._fields), "")

    # -- recipients --------------------------------------------------------------------------

    def _email_address(self, drafts, scope_of, env):
        """Fill the envelopes, with languages, and leave out the records that have nobody."""
        records = env[self.model_id.model].union(*(draft.record for draft in drafts))
        texts = {name: self[f"email_{name}"] for name in ("to", "cc", "bcc", "reply_to")}
        finders = {
            name: self._recipient_finder(text, EMAIL, records, scope_of, env)
            for name, text in texts.items()
        }
        if self._email_uses_template_recipients():
            finders.update(self._email_template_finders(records, env))
        contacts = self.sudo().email_partner_ids
        always = list(self._recipients_of(contacts, EMAIL, self.env._("Also to")))

        def fill(draft):
            refusals = []
            found = {}
            for name, find in finders.items():
                recipients = find(draft.record) + (always if name == "to" else [])
                found[name], refused = addressees(recipients)
                refusals += refused
            draft.envelope = without_repeats(Envelope(**found, refusals=refusals))

        each_open(drafts, fill)
        each_open(drafts, self._email_check_addressed)
        self._email_find_locales([draft for draft in drafts if draft.is_open], env)

    def _email_uses_template_recipients(self):
        return bool(self.email_template_id) and not (self.email_to or self.email_partner_ids)

    def _email_template_finders(self, records, env):
        """Return finders for the recipients the mail template names."""
        template = self.email_template_id.with_env(env)
        values = template._generate_template(records.ids, ("email_to", "email_cc", "partner_to"))
        every = {pid for item in values.values() for pid in item.get("partner_ids") or ()}
        partners = env["res.partner"].browse(sorted(every))

        def find_to(record):
            item = values[record.id]
            chosen = partners.browse(item.get("partner_ids") or ())
            found = self._recipients_of(chosen.with_prefetch(partners._ids), EMAIL, template.name)
            return [*found, *_written_down(item.get("email_to"), template.name)]

        def find_cc(record):
            return list(_written_down(values[record.id].get("email_cc"), template.name))

        return {"to": find_to} if self.email_cc else {"to": find_to, "cc": find_cc}

    def _email_check_addressed(self, draft):
        """Apply the setting for bad addresses."""
        refusals = draft.envelope.refusals
        reasons = " ".join(dict.fromkeys(refusal.why for refusal in refusals))
        if self.email_on_missing == "fail" and (refusals or not draft.envelope.to):
            raise PermanentError(
                self.env._(
                    "The e-mail of “%(action)s” for %(record)s has no good address: %(reasons)s",
                    action=self.name,
                    record=self._draft_record_name(draft),
                    reasons=reasons or self.env._("nobody was found to write to."),
                )
            )
        if not draft.envelope.to:
            draft.skipped = reasons or self.env._("nobody was found to write to.")

    def _email_find_locales(self, drafts, env):
        """Write to known contacts in their language, also where only their address is given."""
        unknown = {
            one.mailbox.key
            for draft in drafts
            for one in draft.envelope.to
            if one.locale == Locale()
        }
        known = self._email_locales_by_address(unknown, env)
        lang, tz = env.lang or "", env.context.get("tz") or env.user.tz or ""
        for draft in drafts:
            draft.envelope.to = [
                Addressee(one.mailbox, _completed(one, known, lang, tz), one.model, one.res_id)
                for one in draft.envelope.to
            ]

    def _email_locales_by_address(self, addresses, env):
        """Return ``{address: Locale}`` of contacts, the oldest of several."""
        if not addresses:
            return {}
        # Only the language they chose is used, which says nothing about them to anybody.
        partners = (
            env["res.partner"]
            .sudo()
            .search_fetch(
                [("email_normalized", "in", sorted(addresses))],
                ["email_normalized", "lang", "tz"],
                order="id desc",
            )
        )
        return {
            partner.email_normalized: Locale(partner.lang or "", partner.tz or "")
            for partner in partners
        }

    # -- sender and answers ------------------------------------------------------------------

    def _email_sign(self, drafts, scope_of, env):
        """Fill sender and Reply-To, and refuse senders no account may use."""
        fixed = self._email_fixed_sender(env)
        rendered = self._email_template_senders(drafts, env)
        allowed = {}

        def sign(draft):
            text = fixed
            if self.email_sender:
                text = self._merge_template(self.email_sender, scope_of(draft.record))
            elif rendered.get(draft.record.id):
                text = rendered[draft.record.id]
            draft.sender = self._email_checked_sender(text, allowed)

        each_open(drafts, sign)
        answers = self._email_default_answers([draft for draft in drafts if draft.is_open], env)
        for draft in drafts:
            draft.reply_to = written(draft.envelope.reply_to) or answers.get(
                draft.record.id, draft.sender
            )

    def _email_fixed_sender(self, env):
        """Return the address of whoever starts the action, or the system's own."""
        _author_id, address = env["mail.thread"]._message_compute_author()
        return address or env["ir.mail_server"].sudo()._get_default_from_address() or ""

    def _email_template_senders(self, drafts, env):
        ids = [draft.record.id for draft in drafts if draft.is_open and draft.record]
        if self.email_sender or not ids or not self.email_template_id.email_from:
            return {}
        return self.email_template_id.with_env(env)._render_field("email_from", ids)

    def _email_checked_sender(self, text, allowed):
        """Return the sender for the header.

        :param allowed: dict domain → why no account may send from it, filled here
        :raises AddressError: it is no address
        :raises ConfigurationError: no account may send from it
        """
        mailbox = parse_mailbox(text or "")
        if mailbox.address not in allowed:
            allowed[mailbox.address] = self._email_sender_problem(mailbox.address)
        if allowed[mailbox.address]:
            raise ConfigurationError(allowed[mailbox.address])
        return written([Addressee(mailbox)])

    def _email_default_answers(self, drafts, env):
        """Return ``{record id: Reply-To}`` as stock Odoo chooses it, for all records at once."""
        senders = {draft.record.id: draft.sender for draft in drafts if draft.record}
        if not senders or all(draft.envelope.reply_to for draft in drafts):
            return {}
        author = env.user.partner_id.id
        # In superuser mode, as stock Odoo does: the aliases are not the user's to read.
        return (
            env[self.model_id.model]
            .sudo()
            .browse(senders)
            ._notify_get_reply_to_batch(defaults=senders, author_ids=dict.fromkeys(senders, author))
        )


def _written_down(text, origin):
    if text:
        yield Recipient(text, origin)


def _completed(addressee, known, lang, tz):
    locale = addressee.locale
    if locale == Locale():
        locale = known.get(addressee.mailbox.key, locale)
    return Locale(locale.lang or lang, locale.tz or tz)
