"""Messages while they are being composed, one draft per record; nothing is stored yet.

Records are independent of each other here: one whose message cannot be written keeps its error, and
the others go on without a savepoint, because nothing was stored.
"""

from dataclasses import dataclass

import psycopg2

from odoo import models

from ..core.errors import BudgetExceededError, is_retryable_db_error
from ..core.frames import state_of
from .budget import wall_clock_budget
from .error_policy import BLOCK, ISOLATE

#: Seconds the messages for one record may take: somebody waits, maybe while typing.
_BUDGET_SECONDS = 3.0


@dataclass
class Draft:
    """What one record gets sent; types of messages add what they need."""

    record: object
    skipped: str = ""
    """Why nothing is sent, if that is as its author wants it."""
    error: Exception | None = None
    """Why nothing can be sent."""

    @property
    def is_open(self):
        """Whether there is still something to send."""
        return self.error is None and not self.skipped

    @property
    def messages(self):
        """What is sent, one by one."""
        return ()

    @property
    def sends(self):
        """Whether there is a message to send."""
        return self.is_open and bool(self.messages)

    @property
    def problem(self):
        """Why something is not sent, for people; "" for nothing."""
        return str(self.error or "") or self.skipped


def each_open(drafts, work):
    """Call ``work(draft)`` for each draft; one that fails keeps its error, the others go on.

    Errors of the database pass through: the transaction they happened in can do nothing more.
    """
    for draft in drafts:
        if not draft.is_open:
            continue
        try:
            work(draft)
        except Exception as exc:
            if concerns_all(exc):
                raise
            draft.error = exc


def concerns_all(exc):
    """Tell whether an error ends the whole batch instead of one record."""
    if isinstance(exc, BudgetExceededError | MemoryError) or is_retryable_db_error(exc):
        return True
    seen = set()
    while exc is not None and id(exc) not in seen:
        if isinstance(exc, psycopg2.Error):
            return True
        seen.add(id(exc))
        exc = exc.__cause__ or exc.__context__
    return False


def rendered_one_by_one(template, name, ids, explain, **options):
    """Return ``{id: text or error}`` of a field of a template.

    If one record fails, the others are rendered by themselves.

    :param explain: function ``exception → error`` to keep for a record that fails
    """
    try:
        return template._render_field(name, ids, **options)
    except Exception as exc:
        if concerns_all(exc):
            raise
        if len(ids) == 1:
            error = explain(exc)
            error.__cause__ = exc
            return {ids[0]: error}
    return {
        res_id: rendered_one_by_one(template, name, [res_id], explain, **options)[res_id]
        for res_id in ids
    }


def short_cause(exc):
    """Return what went wrong in one line; QWeb's errors show the whole template."""
    exc = exc.__context__ or exc
    while exc.__cause__ is not None:
        exc = exc.__cause__
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0][:300]


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _draft_record_name(self, draft):
        record = draft.record
        return record.display_name or str(record.id) if record else self.model_id.name

    def _draft_for(self, record, **options):
        """Return the draft for one record outside of a run, for previews and tests."""
        action = self.with_context(
            active_model=record._name, active_id=record.id, active_ids=record.ids
        )
        names = action._get_eval_context(action)
        if self.run_as != "stock":
            names = action._with_rights(names, record)
        record = record.with_env(action._acting_env(names))
        return getattr(action, f"_{self.state}_compose")([record], names, **options)[0]

    def _try_draft(self, record, hurries=True, **options):
        """Return ``(draft, what goes wrong)``; the draft is None if nothing can be written.

        :param hurries: stop it where it takes long
        """
        if not record.exists():
            return None, self.env._("Choose a record.")
        seconds = _BUDGET_SECONDS if hurries else 0
        budget = wall_clock_budget(seconds, self.env.cr, lambda: self.name or self.state)
        try:
            # A failing statement must not make those after it fail as well.
            with self.env.cr.savepoint(), budget:
                draft = self._draft_for(record, **options)
        except Exception as exc:
            if is_retryable_db_error(exc):
                raise
            # The point is to show what goes wrong: what its author cannot open, nobody mends.
            return None, str(exc) or type(exc).__name__
        return draft, draft.problem

    def _note_failed_drafts(self, drafts, eval_context, isolates):
        """Leave failing records to the error policy.

        :param isolates: go on with the others also where the policy is to stop
        :raises Exception: what the first record failed with, if that is to stop the action
        """
        failed = [draft for draft in drafts if draft.error is not None]
        if not failed:
            return
        frame = state_of(self.env.cr).current
        policy = self._get_error_policy(frame)
        if policy == BLOCK and isolates:
            policy = ISOLATE
        if self._fails_as_a_whole(policy, frame):
            raise failed[0].error
        for draft in failed:
            self._handle_failure(draft.record, eval_context, frame, policy, draft.error)
