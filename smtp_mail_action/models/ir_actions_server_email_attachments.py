"""Attachments of the type ``email``: files, binary fields of records, reports."""

import base64
import mimetypes

from odoo import fields, models
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.safe_eval import safe_eval, time

from odoo.addons.server_action_engine.core import recipients
from odoo.addons.server_action_engine.core.errors import ConfigurationError, PermanentError
from odoo.addons.server_action_engine.core.values import LiteralError
from odoo.addons.server_action_engine.models import value_paths
from odoo.addons.server_action_engine.models.drafts import each_open
from odoo.addons.server_action_engine.models.value_messages import sentence_of

from .email_draft import Attached

_MEGABYTE = 1024 * 1024
#: Where models keep the file name of a binary field, as far as there is a habit.
_NAME_SUFFIXES = ("_filename", "_fname", "_name", "_file_name")
#: States of wkhtmltopdf in which it prints.
_PRINTING = ("ok", "workers")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    email_attachment_ids = fields.Many2many(
        "ir.attachment",
        "ir_act_server_email_attachment_rel",
        "action_id",
        "attachment_id",
        string="Files",
        help="The same files for every e-mail. They are stored once.",
    )
    email_attachment_path = fields.Char(
        string="Files of the Record",
        help="Fields that lead to a file: a file field (image_1920, partner_id.image_1920) or "
        "attachments (message_ids.attachment_ids). Several are separated by commas.",
    )
    email_report_ids = fields.Many2many(
        "ir.actions.report",
        "ir_act_server_email_report_rel",
        "action_id",
        "report_id",
        string="Reports",
        domain="[('model', '=', model_name)]",
        help="Printed for the record and attached.",
    )
    email_report_format = fields.Selection(
        [("pdf", "PDF"), ("html", "HTML")],
        string="Reports as",
        default="pdf",
        required=True,
        help="PDF needs the program wkhtmltopdf on the server; HTML works everywhere.",
    )

    # -- configuration -----------------------------------------------------------------------

    def _email_attachment_chains(self):
        """Return the paths that lead to files, as lists of fields.

        :raises ConfigurationError: one does not exist or does not lead to a file
        """
        chains = []
        model = self.env[self.model_id.model]
        # Written as addresses are, {{object.image_1920}} as the placeholder picker has it included.
        sources = recipients.parse_sources(
            self.email_attachment_path, lambda text: False, lambda path: True
        )
        for path in (source.value for source in sources):
            try:
                chain = value_paths.chain_of(model, path)
            except LiteralError as error:
                raise ConfigurationError(
                    self.env._(
                        "The files of the record in the action “%(action)s” are not clear: "
                        "%(problem)s",
                        action=self.name,
                        problem=sentence_of(self.env, error),
                    )
                ) from error
            if chain[-1].type != "binary" and chain[-1].comodel_name != "ir.attachment":
                raise ConfigurationError(
                    self.env._(
                        "“%(path)s” in the action “%(action)s” leads to no file. Choose a file "
                        "field, or a link to attachments.",
                        path=path,
                        action=self.name,
                    )
                )
            chains.append(chain)
        return chains

    def _email_report_problem(self):
        """Return why the reports cannot be printed, or an empty string."""
        for report in self.email_report_ids:
            if report.model != self.model_id.model:
                return self.env._(
                    "The report “%(report)s” prints %(other)s, not %(model)s. Choose another one.",
                    report=report.name,
                    other=report.model,
                    model=self.model_id.name,
                )
        wanted = self.email_report_format == "pdf" and any(
            report.report_type != "qweb-text" for report in self._email_reports()
        )
        if wanted and self.env["ir.actions.report"].get_wkhtmltopdf_state() not in _PRINTING:
            return self.env._(
                "Reports cannot be attached as PDF: the program wkhtmltopdf is not installed on "
                "the server, or too old. Install it, or attach them as HTML."
            )
        return ""

    def _email_reports(self):
        return self.sudo().email_report_ids | self.sudo().email_template_id.report_template_ids

    # -- running -----------------------------------------------------------------------------

    def _email_attach(self, drafts, env, contents=True):
        """Fill the attachments of the drafts, and make rows of what is no attachment yet."""
        fixed = [
            Attached(file.name, file.file_size or 0, file.id)
            for file in self.sudo().email_attachment_ids
        ]
        template = self.email_template_id.sudo()
        fixed += [
            Attached(file.name, file.file_size or 0, file.id) for file in template.attachment_ids
        ]
        chains = self._email_attachment_chains()
        if not env.su:
            for field in (field for chain in chains for field in chain):
                env[field.model_name]._check_field_access(field, "read")
        reports = [Attached(report.name, report=report) for report in self._email_reports()]
        known, made, limit = {}, {}, self._email_size_limit()

        def attach(draft):
            files = self._email_record_files(draft, chains, env, known)
            draft.attached = [*fixed, *files, *reports]
            # Reports have no size before they are printed.
            self._email_check_size(draft, limit)
            if contents:
                draft.attached = [self._email_made(one, draft, env, made) for one in draft.attached]
                self._email_check_printed(draft, reports, limit)

        each_open(drafts, attach)

    def _email_check_printed(self, draft, reports, limit):
        """Apply the limit to printed reports, and leave none of them behind if it is passed."""
        try:
            self._email_check_size(draft, limit)
        except PermanentError:
            printed = draft.attached[len(draft.attached) - len(reports) :]
            rows = self.env["ir.attachment"].browse([one.attachment_id for one in printed])
            # They were made above for this e-mail alone.
            rows.sudo().unlink()
            raise

    def _email_record_files(self, draft, chains, env, known):
        """Yield what the paths lead to."""
        for *steps, last in chains:
            holders = draft.record.with_env(env)
            for step in steps:
                holders = holders.mapped(step.name)
            if last.type != "binary":
                for file in holders.mapped(last.name):
                    yield Attached(file.name, file.file_size or 0, file.id)
                continue
            for holder in holders:
                key = (holder._name, holder.id, last.name)
                if key not in known:
                    # One at a time: the files of a whole batch must not be in memory at once.
                    known[key] = _attached(holder.with_prefetch(), last)
                if known[key].size:
                    yield known[key]

    def _email_made(self, one, draft, env, made):
        """Return the attachment with a row; rows for the same content are shared."""
        if one.attachment_id:
            return one
        if one.report:
            name, content = self._email_print(one.report, draft, env)
            return self._email_row(name, content, self._email_owner(draft))
        key = (one.holder._name, one.holder.id, one.field_name)
        if key not in made:
            content = base64.b64decode(one.holder[one.field_name])
            name = one.name or _file_name(one.holder.display_name, content)
            owner = self._email_owner(draft, is_shared=one.holder != draft.record)
            made[key] = self._email_row(name, content, owner)
            one.holder.invalidate_recordset([one.field_name])
        return made[key]

    def _email_row(self, name, content, owner):
        model, res_id = owner
        # Attachments are made for the e-mail, by an action whose author may do so.
        row = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": name, "raw": content, "res_model": model, "res_id": res_id})
        )
        return Attached(name, row.file_size, row.id)

    def _email_owner(self, draft, is_shared=False):
        """Return the record that an attachment made for an e-mail belongs to.

        It says who may read the row, and with what it goes away: one that several mails share
        must not go with the first of them.
        """
        if is_shared or len(draft.parts) > 1:
            return self._name, self.id
        record = draft.record
        return (record._name, record.id) if self._email_is_shown(record) else ("mail.message", 0)

    def _email_print(self, report, draft, env):
        """Return ``(file name, content)`` of a report."""
        if problem := self._email_report_problem():
            raise ConfigurationError(problem)
        locale = draft.parts[0].locale
        record = draft.record.with_env(env).with_context(lang=locale.lang, tz=locale.tz)
        printer = record.env["ir.actions.report"]
        if report.report_type == "qweb-text":
            content, extension = printer._render_qweb_text(report, record.ids)
        elif self.email_report_format == "pdf":
            content, extension = printer._render_qweb_pdf(report, record.ids)
        else:
            content, extension = printer._render_qweb_html(report, record.ids)
        name = report.name
        if report.print_report_name:
            name = safe_eval(report.print_report_name, {"object": record, "time": time})
        name = str(name).replace("/", "-")
        suffix = f".{extension}"
        return name if name.endswith(suffix) else name + suffix, content

    # -- size --------------------------------------------------------------------------------

    def _email_size_limit(self):
        """Return how many megabytes an e-mail may have, as its account says."""
        return self._email_account().sudo()._get_max_email_size()

    def _email_check_size(self, draft, limit):
        """Refuse attachments that no server of the account's kind would take.

        :raises PermanentError: says how large they are and what to do
        """
        sizes = [one.size for one in draft.attached]
        if not sizes:
            return
        body = draft.parts[0].text[1] if draft.parts else ""
        size = self.env["mail.mail"]._estimate_email_size({}, str(body), sizes)
        if size > limit * _MEGABYTE:
            raise PermanentError(
                self.env._(
                    "The e-mail for %(record)s would have %(size).1f MB with its attachments "
                    "(%(names)s); %(limit)g MB are allowed. Attach less, or raise the largest "
                    "size of the account.",
                    record=self._draft_record_name(draft),
                    size=size / _MEGABYTE,
                    names=", ".join(filter(None, (one.name for one in draft.attached))),
                    limit=limit,
                )
            )


def _attached(holder, field):
    """Return the attachment that the value of a binary field becomes; size 0 for none."""
    size = len(holder[field.name] or b"") * 3 // 4
    names = (holder[field.name + end] for end in _NAME_SUFFIXES if field.name + end in holder)
    name = next(filter(None, names), "")
    if size:
        holder.invalidate_recordset([field.name])
    return Attached(name, size, holder=holder, field_name=field.name)


def _file_name(title, content):
    """Return a name for content that has none."""
    extension = mimetypes.guess_extension(guess_mimetype(content, "")) or ""
    return (title or "file").replace("/", "-") + extension
