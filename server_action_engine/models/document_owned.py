"""Rows about a document, which no foreign key leads to: whoever may read it may read them.

Administrators see all rows, those of removed documents among them. Rows about such rows, as a rule
writes them that tells of refused messages, are for administrators only: the search for what a user
may read would otherwise go round in circles.
"""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

NEW_MODELS = "server_action_engine/document_rows"
"""Notification of the bus: there are rows about models that had none."""


class DocumentOwned(models.AbstractModel):
    _name = "server.action.document.owned"
    _description = "Row About a Document"

    _document_model_field = "res_model"
    """Field with the name of the document's model; its column needs an index to begin with."""
    _document_id_field = "res_id"

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
        return [
            model
            for [model] in self.env.execute_query(
                SQL(
                    """
                    WITH RECURSIVE found AS (
                        SELECT min(%(model)s) AS model FROM %(table)s
                        UNION ALL
                        SELECT (SELECT min(%(model)s) FROM %(table)s WHERE %(model)s > found.model)
                          FROM found WHERE found.model IS NOT NULL
                    )
                    SELECT model FROM found WHERE model IS NOT NULL
                    """,
                    model=SQL.identifier(self._table, self._document_model_field),
                    table=SQL.identifier(self._table),
                )
            )
        ]

    @api.model
    def _announce_models(self, models):
        """Tell open pages which models have rows from now on; to be called before they are written.

        Forms of a model without rows ask for none, as the page was told when it was loaded.
        """
        wanted = set(filter(None, models))
        new = wanted - set(self._document_models()) if wanted else wanted
        if new:
            # Names of models only, to those who get them with the page.
            self.env.ref("base.group_user")._bus_send(
                NEW_MODELS, {"rows": self._name, "models": sorted(new)}
            )

    @api.model
    @api.readonly
    def count_about(self, model, res_id):
        """Return how many rows about a document the user may see."""
        if not self.has_access("read") or not (self._sees_all() or self._readable(model, [res_id])):
            return 0
        about = [(self._document_model_field, "=", model), (self._document_id_field, "=", res_id)]
        # Who may read the document may read its rows, as `_search` would find out for all models.
        return self.sudo().search_count(about)

    @api.model
    def _of_readable(self, model):
        """Return the domain of rows about records of a model the user may read."""
        records = self._documents(model)
        if records is None:
            return Domain.FALSE
        wanted = Domain.TRUE
        if type(records)._search is not models.BaseModel._search:
            # Messages, activities, attachments: each one found is looked at, so find few.
            wanted = Domain("id", "in", self._ids_about(model))
        documents = records.with_context(active_test=False)._search(wanted)

        def is_about_one(_rows, alias, _query):
            document = SQL.identifier(alias, self._document_id_field)
            return SQL("%s IN %s", document, documents.subselect())

        is_about_model = Domain(self._document_model_field, "=", model)
        return is_about_model & Domain.custom(to_sql=is_about_one)

    def _ids_about(self, model):
        return SQL(
            "(SELECT %s FROM %s WHERE %s = %s)",
            SQL.identifier(self._table, self._document_id_field),
            SQL.identifier(self._table),
            SQL.identifier(self._table, self._document_model_field),
            model,
        )

    def _documents(self, model):
        """Return no records of a model of documents; None if the user may read none of it."""
        records = self.env.get(model)
        if records is None or records._abstract or not records.has_access("read"):
            return None
        is_row = isinstance(records, self.env.registry["server.action.document.owned"])
        return None if is_row else records

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not self or self._sees_all():
            return result
        forbidden = self - self._with_readable_document()
        if not forbidden:
            return None
        return forbidden, lambda: AccessError(
            self.env._(
                "“%(model)s” can be seen by whoever may read the document it belongs to. "
                "Ask an administrator for the others.",
                model=self._description,
            )
        )

    def _sees_all(self):
        return self.env.user.has_group("base.group_system")

    def _with_readable_document(self):
        """Return those whose document exists and may be read by the user."""
        documents = defaultdict(set)
        model_field, id_field = self._document_model_field, self._document_id_field
        # Only to find the documents, whose own rights decide.
        places = {one.id: (one[model_field], one[id_field]) for one in self.sudo()}
        for model, res_id in places.values():
            if res_id:
                documents[model].add(res_id)
        allowed = {
            (model, res_id)
            for model, ids in documents.items()
            for res_id in self._readable(model, ids)
        }
        return self.filtered(lambda one: places[one.id] in allowed)

    def _readable(self, model, ids):
        records = self._documents(model)
        if records is None:
            return []
        return records.browse(ids).exists()._filtered_access("read").ids
