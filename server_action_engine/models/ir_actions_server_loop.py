"""Type ``loop``: run another action on every record an expression yields."""

import re
from collections.abc import Iterable

from odoo import fields, models

from ..core.errors import ConfigurationError
from ..core.frames import state_of

#: Loops inside each other.
MAX_DEPTH = 5
#: Records one expression may yield: a generator can go on for ever.
MAX_ITEMS = 100_000
#: Types whose action works on records of any model, because only its own text names fields.
_MODEL_FREE_TYPES = frozenset({"code", "dummy"})
#: Types to which it makes a difference which records come together.
_SEES_ITS_BATCH = frozenset({"client", "loop", "webhook"})
_PARENT = re.compile(r"\bparent\b")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    state = fields.Selection(
        selection_add=[("loop", "For Each"), ("multi",)],
        ondelete={"loop": lambda actions: actions._on_type_removed("loop")},
    )
    loop_expression = fields.Text(
        string="For each of",
        help="A Python expression that yields records, evaluated for each record the action "
        "runs on, for example: record.child_ids",
    )
    # Not 'restrict', which would block the removal of a model together with its actions; see
    # _unlink_except_used in action_graph.py.
    loop_action_id = fields.Many2one(
        "ir.actions.server",
        string="Do",
        ondelete="set null",
        index="btree_not_null",
        domain="[('id', '!=', id)]",
        help="The action that runs on the records of the expression, all of one model at once. "
        "It may run on another model than this action. In its expressions and code, parent is "
        "the record of this action.",
    )

    # -- configuration --------------------------------------------------------------------------

    def _name_depends(self):
        return [*super()._name_depends(), "loop_action_id"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "loop" and self.loop_action_id:
            return self.env._("For each: %(action)s", action=self.loop_action_id.name)
        return super()._generate_action_name()

    def _warning_depends(self):
        return [*super()._warning_depends(), "loop_expression", "loop_action_id.warning"]

    def _get_warning_messages(self):
        warnings = super()._get_warning_messages()
        if self.state == "loop":
            warnings += self._loop_warnings()
        return warnings

    def _loop_warnings(self):
        warnings = []
        if not (self.loop_expression or "").strip():
            warnings.append(
                self.env._("Write the expression that yields the records, such as record.child_ids")
            )
        elif problem := self._check_source(self.loop_expression.strip()):
            warnings.append(
                self.env._(
                    "The expression after “For each of” is wrong: %(problem)s", problem=problem
                )
            )
        if not self.loop_action_id:
            warnings.append(self.env._("Choose the action to run on each record."))
        elif self.loop_action_id.warning:
            warnings.append(
                self.env._(
                    "“%(action)s” is not ready to run: %(warning)s",
                    action=self.loop_action_id.name,
                    warning=self.loop_action_id.warning,
                )
            )
        return warnings

    # -- running --------------------------------------------------------------------------------

    def _run_action_loop_multi(self, eval_context=None):
        """Run the body on what the expression yields for each record; the last result wins."""
        self._check_loop_depth()
        outers = eval_context["records"] or [None]
        if len(outers) > 1 and self._body_takes_all_at_once():
            yielded = (item for outer in outers for item in self._yielded(outer, eval_context))
            work = [(None, batch) for batch in self._loop_batches(yielded)]
        else:
            work = (
                (outer, batch)
                for outer in outers
                for batch in self._loop_batches(self._yielded(outer, eval_context))
            )
        result = False
        for outer, batch in work:
            result = self._run_body(batch, outer, eval_context) or result
        return result

    def _body_takes_all_at_once(self):
        """Tell whether the body cannot see which outer record its records belong to.

        Then what all outer records yield is worked on in one call. That is so when everything
        the body leads to works on its records one by one, and no text of it names ``parent``.
        """
        seen = self.browse()
        border = self.loop_action_id
        while border:
            for action in border:
                if action.state in _SEES_ITS_BATCH or action._names_parent():
                    return False
                if action.state == "code" and action.code_scope != "record":
                    return False
            seen |= border
            border = border._get_next_actions() - seen
        return True

    def _names_parent(self):
        """Tell whether any text of the action, or of its values, may name ``parent``."""
        texts = [
            self[name]
            for name, field in self._fields.items()
            if field.type in ("char", "text") and field.store
        ]
        if "value_line_ids" in self._fields:
            texts += self.value_line_ids.mapped("value")
        return any(_PARENT.search(text) for text in texts if text)

    def _check_loop_depth(self):
        frame = state_of(self.env.cr).current
        around = frame.path.split("/").count("loop") if frame else 0
        if around >= MAX_DEPTH:
            raise ConfigurationError(
                self.env._(
                    "“%(action)s” is a loop inside %(depth)s other loops, and no more than "
                    "%(depth)s may be nested. Move the inner loops to a rule of their own.",
                    action=self.name,
                    depth=MAX_DEPTH,
                )
            )

    def _yielded(self, outer, eval_context):
        """Return an iterator over the single records the expression yields for a record."""
        names = dict(eval_context) if outer is None else self._eval_scope(eval_context, outer)
        what = self.env._("expression after “For each of”")
        value = self._evaluate(self.loop_expression.strip(), names, what=what)
        return self._loop_records(value)

    def _loop_batches(self, yielded):
        """Return recordsets, each of one model and without repetitions, in order of appearance.

        A record that is yielded twice is worked on twice, so its second time starts a new batch.
        """
        batches = []
        open_batches = {}
        for record in yielded:
            batch = open_batches.get(record._name)
            if batch is None or record.id in batch:
                batch = open_batches[record._name] = {}
                batches.append(batch)
            batch[record.id] = record
        return [_concat(batch.values()) for batch in batches]

    def _loop_records(self, value):
        """Yield the single records of whatever the expression gave.

        :raises ConfigurationError: it is no iterable of records, or has no end
        """
        if value is None or value is False:
            return
        if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
            raise self._loop_error(value)
        count = 0
        for item in value:
            if not isinstance(item, models.BaseModel):
                raise self._loop_error(item, inside=True)
            for record in item:
                count += 1
                if count > MAX_ITEMS:
                    raise ConfigurationError(
                        self.env._(
                            "The loop “%(action)s” yields more than %(count)s records. Use a "
                            "smaller selection.",
                            action=self.name,
                            count=MAX_ITEMS,
                        )
                    )
                self._check_body_model(record)
                yield record

    def _loop_error(self, value, inside=False):
        shown = repr(value)
        shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
        if inside:
            text = self.env._(
                "The loop “%(action)s” needs records, but its expression contains %(item)s "
                "(%(type)s). Use records, such as record.child_ids, or env[model].browse(ids).",
                action=self.name,
                item=shown,
                type=type(value).__name__,
            )
        else:
            text = self.env._(
                "The loop “%(action)s” needs records, but its expression gives %(item)s "
                "(%(type)s). Use an expression such as record.child_ids.",
                action=self.name,
                item=shown,
                type=type(value).__name__,
            )
        return ConfigurationError(text)

    def _check_body_model(self, record):
        body = self.loop_action_id
        if record._name == body.model_name or body.state in _MODEL_FREE_TYPES:
            return
        raise ConfigurationError(
            self.env._(
                "The loop “%(action)s” yields %(item)s (%(model)s), but “%(body)s” runs on "
                "%(body_model)s. Change the expression or choose another action.",
                action=self.name,
                item=record,
                model=record._description or record._name,
                body=body.name,
                body_model=body.model_name,
            )
        )

    def _run_body(self, records, outer, eval_context):
        body = self.loop_action_id
        frame = state_of(self.env.cr).current
        place = f"loop/{len(frame.children)}"
        parent = eval_context.get("record") if outer is None else outer
        if records._name == body.model_name:
            return body._run_nested(records, eval_context, place, parent=parent)
        return body._run_nested_on_other_model(records, eval_context, place, parent=parent)

    def _run_nested_on_other_model(self, records, eval_context, path, **names):
        """Like :meth:`_run_nested`, for an action whose type works on records of any model."""
        frame = state_of(self.env.cr).current
        scratch = dict(frame.scratch)
        frame.scratch["child_path"] = path
        frame.scratch["names"] = {**scratch.get("names", {}), **names}
        env = eval_context["env"](
            context={
                **eval_context["env"].context,
                "active_model": records._name,
                "active_ids": records.ids,
                "active_id": records[:1].id,
            }
        )
        # As ``run`` does it: the action is read in superuser mode, its names live in the
        # environment that says whose rights apply.
        asking = self.with_env(env)
        if not scratch.get("restricted"):
            asking = asking.sudo()
        action = asking.sudo()
        try:
            own = asking._get_eval_context(action)
            records = records.with_env(own["env"])
            first = records[:1]
            model = own["env"][records._name]
            own.update(records=records, record=first, object=first, obj=first, ids=records.ids)
            own.update(model=model, self=model)
            action._can_execute_action_on_records(records)
            return action._run(records, own)
        finally:
            frame.scratch = scratch


def _concat(records):
    first, *others = records
    return first.concat(*others)
