"""Who may see deliveries: administrators all, employees those of documents they may read."""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class MailMailDelivery(models.Model):
    _inherit = "mail.mail.delivery"

    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if self.env.su or bypass_access or self._sees_all():
            return super()._search(
                domain, offset, limit, order, bypass_access=bypass_access, **kwargs
            )
        readable = Domain.OR(self._of_readable(model) for model in self._document_models())
        return super()._search(Domain(domain) & readable, offset, limit, order, **kwargs)

    @api.model
    def _document_models(self):
        """Return the models of all documents; a few steps in the index, however many rows."""
        self.env.cr.execute(
            """
            WITH RECURSIVE found AS (
                SELECT min(model) AS model FROM mail_mail_delivery
                UNION ALL
                SELECT (SELECT min(model) FROM mail_mail_delivery WHERE model > found.model)
                  FROM found WHERE found.model IS NOT NULL
            )
            SELECT model FROM found WHERE model IS NOT NULL
            """
        )
        return [model for [model] in self.env.cr.fetchall()]

    @api.model
    def _of_readable(self, model):
        """Return the domain of deliveries about records of a model the user may read."""
        records = self.env.get(model)
        if records is None or records._abstract or not records.has_access("read"):
            return Domain.FALSE
        documents = records.with_context(active_test=False)._search(Domain.TRUE)

        def is_about_one(_deliveries, alias, _query):
            return SQL("%s IN %s", SQL.identifier(alias, "res_id"), documents.subselect())

        return Domain("model", "=", model) & Domain.custom(to_sql=is_about_one)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not self or self._sees_all():
            return result
        forbidden = self - self._with_readable_document()
        if not forbidden:
            return None
        return forbidden, lambda: AccessError(
            self.env._(
                "Deliveries can be seen by whoever may read the document the e-mail belongs to. "
                "Ask an administrator for the others."
            )
        )

    def _sees_all(self):
        return self.env.user.has_group("base.group_system")

    def _with_readable_document(self):
        """Return those whose document exists and may be read by the user."""
        documents = defaultdict(set)
        # Only to find the documents, whose own rights decide.
        places = {one.id: (one.model, one.res_id) for one in self.sudo()}
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
