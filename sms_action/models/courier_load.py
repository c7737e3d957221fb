"""The first half of a courier's work: claim messages, note them, find their gateways."""

from collections import defaultdict

from odoo import fields

from ..core import reasons as why
from ..core.delivery import State
from ..core.errors import NumberError, TextError
from ..core.numbers import parse_number
from ..core.segments import check, split


class Loading:
    """Part of :class:`.courier.Courier`, which has the fields."""

    def _load(self, ids):
        """Claim messages of the queue; returns those that are due, as parcels."""
        self.env.invalidate_all()
        claimed = self.keeping.claim(ids)
        self._claimed.update(claimed)
        # Whoever sends need not read the queue; what leaves is what is in it.
        records = self.env["sms.sms"].sudo().browse(sorted(claimed)).exists()
        records = records.filtered(lambda sms: sms.state == "outgoing" and not sms.to_delete)
        self._release(set(claimed) - set(records.ids))
        parcels = self.env["sms.message"]._parcels_of(records)
        return self._prepare(parcels)

    def _prepare(self, parcels):
        """Return the parcels that are due, with their gateways; note what is wrong of others."""
        now = fields.Datetime.now()
        due = [parcel for parcel in parcels if self._is_due(parcel, now)]
        for parcel in due:
            self._check(parcel, now)
        self._find_gateways([parcel for parcel in due if self._is_open(parcel)], now)
        self._keep_changes()
        return [parcel for parcel in due if self._is_open(parcel)]

    def _is_open(self, parcel):
        return parcel.life.state is State.QUEUED

    def _is_due(self, parcel, now):
        if parcel.life.state is State.SENDING:
            # It was free although an attempt is noted: whoever made it is dead.
            self._change(parcel, parcel.life.recover(now))
        if not self._is_open(parcel):
            self._done.append(parcel)
            return False
        if parcel.life.is_due(now) or self.keeping.insists:
            return True
        self._later[parcel.sms_id] = parcel.life.due_at
        return False

    def _check(self, parcel, now):
        """Find out who it is for, and whether it can be sent at all."""
        company = self.env["res.company"].sudo().browse(parcel.company_id)
        try:
            parcel.address = parse_number(parcel.number, company.country_id.code)
            check(split(parcel.text))
        except NumberError as error:
            self._refuse(parcel, why.of_number(error.reason), str(error), now)
        except TextError as error:
            self._refuse(parcel, error.reason, str(error), now)

    def _refuse(self, parcel, reason, reply, now):
        self._change(parcel, parcel.life.refuse(reason, reply, now))
        self._done.append(parcel)

    def _find_gateways(self, parcels, now):
        model = self.env["sms.gateway"].sudo()
        groups = defaultdict(list)
        for parcel in parcels:
            groups[parcel.company_id, parcel.preferred_id].append(parcel)
        for (company_id, preferred_id), group in groups.items():
            company = self.env["res.company"].browse(company_id)
            numbers = list({parcel.address.value for parcel in group})
            chosen = model._choose(numbers, company, model.browse(preferred_id))
            for parcel in group:
                parcel.gateways = list(chosen[parcel.address.value])
                if not parcel.gateways:
                    self._refuse(parcel, why.NO_GATEWAY, "", now)

    def _change(self, parcel, life):
        parcel.life = life
        self._changes.append(parcel)

    def _keep_changes(self):
        """Store what was found out while loading."""
        pairs = [(parcel.id, parcel.life) for parcel in self._changes]
        self._changes = []
        if pairs:
            self.keeping.settle(lambda: self._store_changes(pairs))
        else:
            self.keeping.keep()

    def _store_changes(self, pairs):
        messages = self.env["sms.message"]
        messages._write_lives(pairs)
        messages._settled([id_ for id_, life in pairs if life.settled_at])
