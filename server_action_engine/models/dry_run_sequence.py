"""Numbers of ``ir.sequence`` in a dry run: predicted, not consumed.

PostgreSQL's sequences, on which the standard implementation rests, do not roll back. Sequences
without gaps live in ordinary rows and do.
"""

from odoo import models

from odoo.addons.base.models.ir_sequence import _predict_nextval

from .dry_run_recorder import dry_run_of


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    def _next_do(self):
        recorder = dry_run_of(self.env.cr)
        if recorder is None or self.implementation != "standard":
            return super()._next_do()
        key = f"{self.id:03d}"
        number = recorder.next_number(
            f"ir_sequence_{key}", lambda: _predict_nextval(self, key), self.number_increment
        )
        return self.get_next_char(number)

    def write(self, vals):
        result = super().write(vals)
        if (recorder := dry_run_of(self.env.cr)) is not None:
            for sequence in self:
                recorder.forget_numbers(f"ir_sequence_{sequence.id:03d}")
        return result


class IrSequenceDateRange(models.Model):
    _inherit = "ir.sequence.date_range"

    def _next(self):
        recorder = dry_run_of(self.env.cr)
        sequence = self.sequence_id
        if recorder is None or sequence.implementation != "standard":
            return super()._next()
        key = f"{sequence.id:03d}_{self.id:03d}"
        number = recorder.next_number(
            f"ir_sequence_{key}", lambda: _predict_nextval(self, key), sequence.number_increment
        )
        return sequence.get_next_char(number)

    def write(self, vals):
        result = super().write(vals)
        if (recorder := dry_run_of(self.env.cr)) is not None:
            for part in self:
                recorder.forget_numbers(f"ir_sequence_{part.sequence_id.id:03d}_{part.id:03d}")
        return result
