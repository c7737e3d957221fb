"""Live validation: what conditions, expressions and templates give on one real record."""

from contextlib import contextmanager

from odoo import api, fields, models

from ..core.expression import is_blank
from .budget import wall_clock_budget
from .transaction_queues import revocable_savepoint

#: Characters of a value shown; the rest is of no use in a form.
_MAX_SHOWN = 200
#: Seconds one text may take: somebody waits while typing it, and it may be half typed.
_BUDGET_SECONDS = 3.0


class _RollBack(Exception):
    """Leave a savepoint without keeping anything."""


@contextmanager
def _caches_of_its_own(env):
    """Yield an environment on the same cursor that shares no cache with ``env``.

    Rolling a savepoint back empties all caches of the transaction. A form that is being edited
    has its values nowhere else: it would forget the model that was just chosen.
    """
    env.flush_all()
    cursor, transaction = env.cr, env.cr.transaction
    cursor.transaction = None
    try:
        yield api.Environment(cursor, env.uid, dict(env.context), env.su)
    finally:
        cursor.transaction = transaction


@contextmanager
def undone(env):
    """Yield an environment whose changes are undone at the end, with a form's values kept."""
    try:
        with _caches_of_its_own(env) as own, revocable_savepoint(own.cr):
            yield own
            raise _RollBack
    except _RollBack:
        return


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    sample_res_id = fields.Many2oneReference(
        string="Try On",
        model_field="model_name",
        compute="_compute_sample_res_id",
        readonly=False,
        groups="base.group_system",
        help="A record on which conditions, expressions and templates are tried out while you "
        "write them. Nothing is changed.",
    )
    sample_check = fields.Text(
        string="On This Record", compute="_compute_sample_check", groups="base.group_system"
    )

    @api.depends("model_id")
    def _compute_sample_res_id(self):
        for action in self:
            model = self.env.get(action.model_id.model or "")
            usable = model is not None and not model._abstract and model._auto
            action.sample_res_id = (
                model.search([], limit=1, order="id desc").id if usable else False
            )

    @api.model
    def _sample_depends(self):
        """Return the fields of :meth:`_sample_sources`; types extend both."""
        return [
            "state",
            "model_id",
            "sample_res_id",
            "condition",
            "condition_domain",
            "dummy_message",
            "loop_expression",
            "branch_condition",
            "write_expression",
            "value_line_ids.field_id",
            "value_line_ids.value_type",
            "value_line_ids.value",
        ]

    def _sample_sources(self):
        """Return what is worth trying: list of ``(label, source, is a template)``."""
        self.ensure_one()
        sources = [(self.env._("Condition"), self.condition, False)]
        if self.state == "dummy":
            sources.append((self.env._("Message"), self.dummy_message, True))
        if self.state == "loop":
            sources.append((self.env._("For each of"), self.loop_expression, False))
        if self.state == "branch":
            sources.append((self.env._("If"), self.branch_condition, False))
        if self.state == "object_write":
            sources.append((self.env._("Records to update"), self.write_expression, False))
        for line in self.value_line_ids:
            if line.value_type in ("equation", "template"):
                label = line.field_id.field_description
                sources.append((label, line.value, line.value_type == "template"))
        return [item for item in sources if not is_blank(item[1])]

    @api.depends(lambda self: self._sample_depends())
    def _compute_sample_check(self):
        for action in self:
            lines = []
            record = action._sample_record()
            if record:
                lines = action._try_and_undo(record)
            action.sample_check = "\n".join(lines)

    def _try_and_undo(self, record):
        """Return what :meth:`_try_on` says; whatever the expressions change is undone."""
        with undone(self.env) as env:
            return self._try_on(record.with_env(env))

    def _sample_record(self):
        self.ensure_one()
        model = self.env.get(self.model_id.model or "")
        if model is None or not self.sample_res_id:
            return None
        return model.browse(self.sample_res_id).exists()

    def _try_on(self, record):
        """Return one line per condition, expression and template."""
        action = (
            record.env["ir.actions.server"]
            .with_context(active_model=record._name, active_id=record.id, active_ids=record.ids)
            .new({"name": self.name, "model_id": self.model_id.id})
        )
        names = action._get_eval_context(action)
        # Odoo's own ``log`` writes through another cursor, which no savepoint undoes.
        names["log"] = lambda message, level="info": None
        lines = []
        if self.condition_domain:
            lines.append(self._try_one(self.env._("Applies to"), self._try_domain, record, names))
        for label, source, is_template in self._sample_sources():
            attempt = self._try_template if is_template else self._try_expression
            lines.append(self._try_one(label, attempt, source, action, record, names))
        return lines

    def _try_one(self, label, attempt, *arguments):
        try:
            # A failing statement must not make those after it fail as well.
            with (
                self.env.cr.savepoint(),
                wall_clock_budget(_BUDGET_SECONDS, self.env.cr, lambda: label),
            ):
                text = attempt(*arguments)
        except Exception as exc:  # noqa: BLE001 - the point is to show what goes wrong
            return f"✗ {label}: {exc}"
        return f"✓ {label}: {text[:_MAX_SHOWN]}"

    def _try_domain(self, record, names):
        kept = self._filter_by_domain(record, names)
        return self.env._("matches") if kept else self.env._("does not match")

    def _try_expression(self, source, action, record, names):
        value = action._evaluate(source.strip(), action._eval_scope(names, record))
        if isinstance(value, models.BaseModel):
            return ", ".join(value[:5].mapped("display_name")) or self.env._("no records")
        return str(value)

    def _try_template(self, source, action, record, names):
        return str(action._merge_template(source, action._eval_scope(names, record)))
