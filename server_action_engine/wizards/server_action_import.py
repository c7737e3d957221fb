"""Wizard: import the server actions of OpenERP 5–10 data files."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.openerp_import.renames import MappingError, parse_mapping
from ..core.openerp_import.report import CHANGED, LEFT_OUT, UNDERSTOOD
from ..core.openerp_import.xml_reader import DataFileError
from ..models.openerp_import_messages import FILE_ERRORS, REMARKS, sentence
from .openerp_importer import DEFAULT_MODULE, OpenerpImporter


class _UndoPreviewError(Exception):
    """Leaves the savepoint of a preview."""


class ServerActionImport(models.TransientModel):
    _name = "server.action.import"
    _description = "Import of OpenERP Server Actions"

    state = fields.Selection(
        [("upload", "File"), ("preview", "Preview"), ("done", "Done")],
        default="upload",
        required=True,
    )
    data_file = fields.Binary(
        string="File",
        attachment=False,
        help="An XML data file of an addon for OpenERP 5 to Odoo 10.",
    )
    file_name = fields.Char()
    module = fields.Char(
        string="External IDs",
        default=DEFAULT_MODULE,
        help="First part of the external ids of the imported actions. Importing the file again "
        "under the same name updates them instead of creating them anew.",
    )
    mapping = fields.Text(
        string="Renamed Names",
        help="One per line: old name = new name, for models, fields and external ids.",
    )
    line_ids = fields.One2many("server.action.import.line", "import_id", string="Report")
    understood_count = fields.Integer(compute="_compute_counts")
    changed_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    created_count = fields.Integer(readonly=True)
    updated_count = fields.Integer(readonly=True)
    action_ids = fields.Many2many("ir.actions.server", string="Imported Actions")

    @api.depends("line_ids.kind")
    def _compute_counts(self):
        for wizard in self:
            kinds = wizard.line_ids.mapped("kind")
            wizard.understood_count = kinds.count(UNDERSTOOD)
            wizard.changed_count = kinds.count(CHANGED)
            wizard.left_out_count = kinds.count(LEFT_OUT)

    # -- actions ----------------------------------------------------------------------------------

    def action_preview(self):
        """Import, keep the report, and undo the import."""
        self.ensure_one()
        result = None
        try:
            with self.env.cr.savepoint():
                result = self._import(self._content())
                raise _UndoPreviewError
        except _UndoPreviewError:
            self.env.registry.clear_cache()
        self._show("preview", result)
        return self._reopen()

    def action_import(self):
        """Import the file; nothing is kept if anything goes wrong."""
        self.ensure_one()
        result = self._import(self._content())
        self._show("done", result)
        self.action_ids = result.actions
        return self._reopen()

    def action_back(self):
        """Return to the file and the mapping."""
        self.ensure_one()
        self.line_ids.unlink()
        self.state = "upload"
        return self._reopen()

    def action_open_actions(self):
        """Open the imported actions."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported Actions"),
            "res_model": "ir.actions.server",
            "view_mode": "list,form",
            "domain": [("id", "in", self.action_ids.ids)],
        }

    # -- business ---------------------------------------------------------------------------------

    def _content(self):
        if not self.data_file:
            raise UserError(self.env._("Choose the XML file to import."))
        return base64.b64decode(self.with_context(bin_size=False).data_file)

    def _import(self, content):
        """Import the bytes of a file.

        :returns: :class:`.openerp_importer.ImportResult`
        :raises UserError: the file or the mapping cannot be read
        """
        try:
            mapping = parse_mapping(self.mapping or "")
            return OpenerpImporter(self.env, (self.module or "").strip(), mapping).run(content)
        except MappingError as error:
            raise UserError(
                self.env._(
                    "Line %(line)s of the renamed names has no form old = new: %(text)s",
                    line=error.line,
                    text=error.text,
                )
            ) from error
        except DataFileError as error:
            data = {"line": error.line, "detail": error.detail}
            raise UserError(sentence(self.env, FILE_ERRORS, error.code, data)) from error

    def _show(self, state, result):
        self.line_ids.unlink()
        self.write(
            {
                "state": state,
                "created_count": result.created,
                "updated_count": result.updated,
                "line_ids": [
                    fields.Command.create(values) for values in self._report_values(result)
                ],
            }
        )

    @api.model
    def _report_values(self, result):
        """Return the report as ``[{file_line, record_id, kind, message}]``."""
        return [
            {
                "file_line": remark.line,
                "record_id": remark.record,
                "kind": remark.kind,
                "message": sentence(self.env, REMARKS, remark.code, remark.data),
            }
            for remark in result.remarks
        ]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import OpenERP Actions"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class ServerActionImportLine(models.TransientModel):
    _name = "server.action.import.line"
    _description = "Line of an Import Report"
    _order = "file_line, id"

    import_id = fields.Many2one("server.action.import", required=True, ondelete="cascade")
    file_line = fields.Integer(string="Line")
    record_id = fields.Char(string="Record")
    kind = fields.Selection(
        [(UNDERSTOOD, "Understood"), (CHANGED, "Changed"), (LEFT_OUT, "Left Out")], required=True
    )
    message = fields.Text()
