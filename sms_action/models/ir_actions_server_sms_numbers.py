"""Numbers of the type ``sms``: recipients with their countries and languages, and the sender."""

import re
from dataclasses import replace

from odoo import models

from odoo.addons.server_action_engine.core.errors import PermanentError
from odoo.addons.server_action_engine.core.recipients import Locale, Recipient
from odoo.addons.server_action_engine.models.drafts import each_open

from ..core.addressees import BLACKLISTED, Refusal, addressees, numbers_in
from ..core.errors import NumberError
from ..core.numbers import FIXED, parse_sender

SMS = "sms"
#: What people write a number with. Whether it is one, its country decides.
_NUMBER = re.compile(r"\+?[\d(][\d\s()./\-\u00a0]{1,}")
#: Fields that hold the number of a record, where its model does not say which one does.
_NUMBER_FIELDS = ("mobile_phone", "work_phone", "partner_phone", "phone_number")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _is_address(self, text, medium):
        if medium != SMS:
            return super()._is_address(text, medium)
        numbers = list(numbers_in(text))
        return bool(numbers) and all(_NUMBER.fullmatch(one) for one in numbers)

    def _address_field(self, model, medium):
        if medium != SMS:
            return super()._address_field(model, medium)
        return next(iter(_number_fields(model)), "")

    def _address_text(self, record, name, medium):
        if medium != SMS:
            return super()._address_text(record, name, medium)
        return next((record[one] for one in _number_fields(record) if record[one]), "")

    # -- recipients --------------------------------------------------------------------------

    def _sms_address(self, drafts, scope_of, env):
        """Find the numbers, with countries and languages; leave out records that have none."""
        records = env[self.model_id.model].union(*(draft.record for draft in drafts))
        if self.sms_to or self.sms_partner_ids or not records:
            find = self._recipient_finder(self.sms_to, SMS, records, scope_of, env)
        else:
            find = self._sms_own_number_finder(records)
        always = list(
            self._recipients_of(self.sudo().sms_partner_ids, SMS, self.env._("Always to"))
        )
        found = {}

        def look(draft):
            found[id(draft)] = [*find(draft.record), *always]

        each_open(drafts, look)
        every = [one for recipients in found.values() for one in recipients]
        country_of = self._sms_country_finder(every, records, env)
        for draft in drafts:
            draft.people, draft.refusals = addressees(
                found.get(id(draft), ()),
                lambda one, draft=draft: country_of(draft, one),
            )
        self._sms_choose_gateways(drafts)
        self._sms_leave_out_landlines(drafts)
        self._sms_leave_out_blacklisted(drafts, env)
        each_open(drafts, self._sms_check_addressed)
        self._sms_find_locales(drafts, env)

    def _sms_own_number_finder(self, records):
        """Return a finder for the number of the record or its contact, as stock finds it."""
        found = records._sms_get_recipients_info()
        origin = self.env._("number of the record")

        def find(record):
            info = found[record.id]
            number, partner = info["sanitized"] or info["number"] or "", info["partner"]
            if not partner:
                return [Recipient(number, origin, "", record._name, record.id)]
            return [
                Recipient(
                    number,
                    origin,
                    partner.name or "",
                    partner._name,
                    partner.id,
                    partner.lang or "",
                    partner.tz or "",
                )
            ]

        return find

    def _sms_country_finder(self, recipients, records, env):
        """Return a function ``(draft, recipient) → ISO code`` for numbers without a country code.

        The country of the record the number was read from (its own, or its contact's) comes first,
        then that of the record the action runs on, then that of the company.
        """
        ids = {records._name: set(records.ids)}
        for one in recipients:
            if one.model:
                ids.setdefault(one.model, set()).add(one.res_id)
        # Only the country is used, which says nothing about anybody.
        countries = {
            model: env[model].sudo().browse(sorted(held))._phone_get_country()
            for model, held in ids.items()
        }

        def country_of(draft, one):
            record = draft.record
            found = countries.get(one.model, {}).get(one.res_id)
            found = found or countries[records._name].get(record.id)
            return (found or draft.company.country_id).code or ""

        return country_of

    def _sms_choose_gateways(self, drafts):
        """Ask once per company which gateways may carry the messages."""
        by_company = {}
        for draft in drafts:
            by_company.setdefault(draft.company, []).append(draft)
        # The choice is made for whoever starts the action; it reads nothing to them.
        chooser, preferred = self.env["sms.gateway"].sudo(), self.sudo().sms_gateway_id
        for company, group in by_company.items():
            numbers = dict.fromkeys(one.number for draft in group for one in draft.people)
            chosen = chooser._choose(list(numbers), company, preferred=preferred or None)
            for draft in group:
                draft.gateways = {one.number: chosen[one.number].sudo() for one in draft.people}

    def _sms_leave_out_landlines(self, drafts):
        """Leave out landlines that the first gateway sends nothing to."""
        for draft in drafts:
            refused = {
                one.number
                for one in draft.people
                if one.address.line == FIXED and not draft.gateways[one.number][:1].fixed_lines
            }
            draft.refusals += [Refusal(number, "landline") for number in sorted(refused)]
            draft.people = [one for one in draft.people if one.number not in refused]

    def _sms_leave_out_blacklisted(self, drafts, env):
        """Leave out numbers that want no messages. It is their wish, so it is no failure."""
        numbers = {one.number for draft in drafts for one in draft.people}
        if not numbers:
            return
        # Administrators keep the list; it binds everybody.
        listed = env["phone.blacklist"].sudo().search_fetch([("number", "in", sorted(numbers))])
        refused = set(listed.mapped("number"))
        if not refused:
            return
        for draft in drafts:
            kept = [one for one in draft.people if one.number not in refused]
            draft.refusals += [
                Refusal(one.number, BLACKLISTED) for one in draft.people if one not in kept
            ]
            draft.people = kept

    def _sms_check_addressed(self, draft):
        """Apply the setting for numbers that can get no message."""
        wrong = [one for one in draft.refusals if one.reason != BLACKLISTED]
        if self.sms_on_missing == "fail" and (wrong or not (draft.people or draft.refusals)):
            raise PermanentError(
                self.env._(
                    "The SMS of “%(action)s” for %(record)s has no good number: %(reasons)s",
                    action=self.name,
                    record=self._draft_record_name(draft),
                    reasons=self._sms_reasons(wrong),
                )
            )
        if not draft.people:
            draft.skipped = self._sms_reasons(draft.refusals)

    def _sms_reasons(self, refusals):
        """Return why nobody is written to, as sentences."""
        if not refusals:
            return self.env._("nobody was found to write to.")
        return " ".join(dict.fromkeys(map(self._sms_refusal_text, refusals)))

    def _sms_find_locales(self, drafts, env):
        """Write to known contacts in their language, also where only their number is given."""
        unknown = {one.number for draft in drafts for one in draft.people if one.locale == Locale()}
        known = self._sms_locales_by_number(unknown, env)
        own = Locale(env.lang or "", env.context.get("tz") or env.user.tz or "")
        for draft in drafts:
            draft.people = [
                replace(one, locale=one.locale.completed(known.get(one.number, own), own))
                for one in draft.people
            ]

    def _sms_locales_by_number(self, numbers, env):
        """Return ``{number: Locale}`` of contacts, the oldest of several."""
        if not numbers:
            return {}
        # Only the language they chose is used, which says nothing about them to anybody.
        partners = (
            env["res.partner"]
            .sudo()
            .search_fetch(
                [("phone_sanitized", "in", sorted(numbers))],
                ["phone_sanitized", "lang", "tz"],
                order="id desc",
            )
        )
        return {one.phone_sanitized: Locale(one.lang or "", one.tz or "") for one in partners}

    # -- sender --------------------------------------------------------------------------------

    def _sms_sign(self, drafts, scope_of):
        """Find out who the messages come from.

        :raises NumberError: kept by the draft whose sender it is
        """
        if not self.sms_sender:
            return

        def sign(draft):
            text = self._merge_template(self.sms_sender, scope_of(draft.record)).strip()
            if not text:
                return
            try:
                draft.sender = parse_sender(text, draft.company.country_id.code).value
            except NumberError as error:
                raise PermanentError(self._sms_sender_problem(text)) from error

        each_open(drafts, sign)


def _number_fields(model):
    """Return the fields of a model that hold a number, the best first."""
    named = [name for name in model._phone_get_number_fields() if name in model._fields]
    return named or [name for name in _NUMBER_FIELDS if name in model._fields]
