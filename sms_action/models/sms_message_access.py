"""Who may see messages: administrators all, employees those of documents they may read."""

from collections import defaultdict

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class SmsMessage(models.Model):
    _inherit = "sms.message"

    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if self.env.su or bypass_access or self._sees_all():
            return super()._search(
                domain, offset, limit, order, bypass_access=bypass_access, **kwargs
            )
        # The documents of what is asked for, then those of them the user may read.
        query = super()._search(domain, **kwargs)
        found = self.browse(query)
        readable = found._with_readable_document()
        return super()._search(Domain("id", "in", readable.ids), offset, limit, order, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not self or self._sees_all():
            return result
        forbidden = self - self._with_readable_document()
        if not forbidden:
            return None
        return forbidden, lambda: AccessError(
            self.env._(
                "SMS can be seen by whoever may read the document they belong to. "
                "Ask an administrator for the others."
            )
        )

    def _sees_all(self):
        return self.env.user.has_group("base.group_system")

    def _with_readable_document(self):
        """Return those whose document exists and may be read by the user."""
        documents = defaultdict(set)
        # Only to find the documents, whose own rights decide.
        places = {one.id: (one.res_model, one.res_id) for one in self.sudo()}
        for model, res_id in places.values():
            if res_id and self.env.get(model) is not None:
                documents[model].add(res_id)
        allowed = {
            (model, res_id)
            for model, ids in documents.items()
            for res_id in self._readable(model, ids)
        }
        return self.filtered(lambda one: places[one.id] in allowed)

    def _readable(self, model, ids):
        records = self.env[model].browse(ids)
        if records._abstract or not records.browse().has_access("read"):
            return []
        return records.exists()._filtered_access("read").ids
