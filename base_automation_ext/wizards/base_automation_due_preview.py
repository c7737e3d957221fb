"""For which records would a timed rule be due, and when?"""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from odoo.addons.server_action_engine.core.errors import ConfigurationError

_SHOWN = 20


class BaseAutomationDuePreview(models.TransientModel):
    _name = "base.automation.due.preview"
    _description = "Preview of a Timed Rule"

    rule_id = fields.Many2one(
        "base.automation", string="Rule", required=True, readonly=True, ondelete="cascade"
    )
    sentence = fields.Char(related="rule_id.sentence")
    line_ids = fields.One2many("base.automation.due.preview.line", "preview_id", readonly=True)
    past_text = fields.Char(string="Until Now", readonly=True)
    empty_text = fields.Char(string="Nothing Due", compute="_compute_empty_text")

    @api.model_create_multi
    def create(self, vals_list):
        previews = super().create(vals_list)
        for preview in previews:
            preview._look()
        return previews

    def _look(self):
        """Read what would be due; the rule is not run, and no other record is touched."""
        rule = self.rule_id
        if not rule._can_preview_due():
            return
        try:
            rule._filter_now(rule._filter_text())
        except ConfigurationError as problem:
            raise UserError(str(problem)) from problem
        self.past_text = self._text_of_past(*rule._count_due())
        reader = rule._due_reader()
        self.line_ids = [(0, 0, self._line(reader, item)) for item in rule._next_due(_SHOWN)]

    def _text_of_past(self, count, more):
        if more:
            return self.env._("More than %(count)s records were due before now.", count=count)
        if count == 1:
            return self.env._("1 record was due before now.")
        if count:
            return self.env._("%(count)s records were due before now.", count=count)
        return self.env._("No record was due before now.")

    def _line(self, reader, item):
        record = reader.model.browse(item.res_id)
        zone = reader.zone(record)
        local = item.moment.replace(tzinfo=timezone.utc).astimezone(zone)
        return {
            "model_name": record._name,
            "record_id": record.id,
            "record_name": record.display_name,
            "moment": item.moment,
            "local_text": self.env._(
                "%(time)s (%(zone)s)",
                time=format_datetime(self.env, local.replace(tzinfo=None), tz="UTC"),
                zone=zone.key or "UTC",
            ),
            "what": self._what(item),
        }

    def _what(self, item):
        if item.step:
            step = self.rule_id.time_step_ids[item.step - 1]
            return self.env._("Step: after %(delay)s", delay=step.delay_text)
        if self.rule_id.time_repeats:
            return self.env._(
                "%(number)s of %(count)s",
                number=item.number + 1,
                count=self.rule_id.time_times,
            )
        return ""

    @api.depends("line_ids")
    def _compute_empty_text(self):
        for preview in self:
            preview.empty_text = "" if preview.line_ids else self._text_if_empty(preview.rule_id)

    def _text_if_empty(self, rule):
        if not rule.trg_date_id:
            return self.env._("Choose the date field the rule looks at.")
        return self.env._(
            "No record that matches the conditions now will be due within the next three years."
        )


class BaseAutomationDuePreviewLine(models.TransientModel):
    _name = "base.automation.due.preview.line"
    _description = "Moment of a Timed Rule"
    _order = "moment, id"

    preview_id = fields.Many2one(
        "base.automation.due.preview", required=True, index=True, ondelete="cascade"
    )
    model_name = fields.Char(required=True)
    record_id = fields.Many2oneReference(model_field="model_name", required=True)
    record_name = fields.Char(string="Name")
    moment = fields.Datetime(string="Due", required=True)
    local_text = fields.Char(string="On the Clock of the Rule")
    what = fields.Char(string="Which Time")

    def action_open(self):
        """Open the record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model_name,
            "res_id": self.record_id,
            "view_mode": "form",
        }
