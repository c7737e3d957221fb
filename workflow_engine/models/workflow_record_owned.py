"""Rows about a business record: whoever may read the record may read them."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError


class WorkflowRecordOwned(models.AbstractModel):
    _name = "workflow.record.owned"
    _description = "Part of a Workflow's Run"

    def _record_field_names(self):
        """Return the fields that name the business record, as paths."""
        return self._record_paths.get(self._name, ("instance_id.res_type", "instance_id.res_id"))

    _record_paths = {
        "workflow.instance": ("res_type", "res_id"),
        "workflow.log": ("res_type", "res_id"),
        "workflow.workitem": ("inst_id.res_type", "inst_id.res_id"),
    }

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super; refused
        raise UserError(
            self.env._(
                "“%(model)s” is written by the workflow engine only.", model=self._description
            )
        )

    def write(self, vals):  # pylint: disable=method-required-super; refused
        raise UserError(
            self.env._(
                "“%(model)s” is written by the workflow engine only.", model=self._description
            )
        )

    # -- rights ---------------------------------------------------------------------------------

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self._ids or operation != "read" or self.env.user._is_system():
            return result
        rows = result[0] if result else self.browse()
        forbidden = rows | (self - rows)._not_readable()
        if not forbidden:
            return None
        return forbidden, result[1] if result else lambda: self._access_error()

    def _access_error(self):
        return AccessError(
            self.env._(
                "You cannot read “%(model)s” of records that you cannot read.",
                model=self._description,
            )
        )

    def _not_readable(self):
        """Return the rows whose business record the user may not read."""
        # As superuser: what is asked is the right to read the record, not its workflow.
        by_model = {}
        for row in self.sudo().exists():
            model, res_id = self._record_of(row)
            by_model.setdefault(model, {}).setdefault(res_id, []).append(row.id)
        forbidden = []
        for model, rows in by_model.items():
            readable = ()
            if model in self.env:
                records = self.env[model].browse(rows)
                readable = set(records.exists()._filtered_access("read")._ids)
            forbidden += [
                id_ for res_id, ids in rows.items() if res_id not in readable for id_ in ids
            ]
        return self.browse(forbidden)

    def _record_of(self, row):
        model_path, id_path = self._record_field_names()
        owner, _dot, model_name = model_path.rpartition(".")
        holder = row[owner] if owner else row
        return holder[model_name], holder[id_path.rpartition(".")[2]]

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        kwargs["bypass_access"] = bypass_access
        if bypass_access or self.env.su or self.env.user._is_system():
            return super()._search(domain, offset, limit, order, **kwargs)
        # As mail.message does it: what the user may read is known only record by record.
        found = super()._search(domain, order=order, **kwargs)
        ids = [id_ for [id_] in self.env.execute_query(found.select())]
        rows = self.browse(ids)
        forbidden = set(rows._not_readable()._ids)
        allowed = [id_ for id_ in ids if id_ not in forbidden]
        allowed = allowed[offset or 0 :][: limit or None]
        return self.browse(allowed)._as_query(ordered=bool(order))

    def _check_record_access(self, operation):
        """:raises AccessError: the user may not do that to the business records"""
        for row in self.sudo():
            model, res_id = self._record_of(row)
            self.env[model].browse(res_id).check_access(operation)
