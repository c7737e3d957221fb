"""Type ``multi``: actions one after the other, each on the whole batch, all or nothing."""

from odoo import api, fields, models

from odoo.addons.base.models.ir_actions import IrActionsServer as StockServerAction

#: Tag of the client action that runs others in order (static/src/actions/play_in_order.esm.js).
PLAY_IN_ORDER = "server_action_engine.play_in_order"


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    multi_client_actions = fields.Selection(
        [("first", "Only the first"), ("all", "All, one after the other")],
        string="Windows and Reports",
        default="first",
        required=True,
        help="What the user sees when several of the actions open something.\n"
        "Only the first: as OpenERP did.\n"
        "All: a window opens when the one before is closed or the report is downloaded.",
    )
    multi_client_count = fields.Integer(compute="_compute_multi_client_count")

    @api.depends("state", "child_ids.state", "child_ids.sequence")
    def _compute_multi_client_count(self):
        for action in self:
            children = action.child_ids if action.state == "multi" else action.browse()
            action.multi_client_count = sum(child._opens_something() for child in children)

    def _opens_something(self):
        """Tell whether the action, or an action it runs, is made to open or print something."""
        seen = self.browse()
        border = self
        while border:
            if "client" in border.mapped("state"):
                return True
            seen |= border
            border = border._get_next_actions() - seen
        return False

    def _run_action_multi_multi(self, eval_context=None):
        """Run the children in order, each on all records.

        An error in one undoes all: it passes through to the error policy of the caller.

        :returns: of the children that open something the first result, or all of them in one
            action; else the last truthy result, as in stock Odoo
        """
        if type(self)._run_action_multi is not StockServerAction._run_action_multi:
            return self._run_overridden_multi(eval_context)
        records = eval_context["records"]
        results = [
            (child, child._run_nested(records, eval_context, f"multi/{position}"))
            for position, child in enumerate(self.child_ids.sorted())
        ]
        return self._combine_results([item for item in results if item[1]])

    def _run_overridden_multi(self, eval_context):
        """Another module replaces the runner of stock Odoo: let it, record by record."""
        result = False
        for record in eval_context["records"] or [eval_context["records"]]:
            action = self.with_context(
                active_model=record._name, active_id=record.id, active_ids=record.ids
            )
            result = action._run_action_multi(self._eval_scope(eval_context, record)) or result
        return result

    def _combine_results(self, results):
        """Return the one result for the caller.

        :param results: list of ``(child, truthy result)`` in the order they ran
        """
        opening = [item for item in results if item[0]._opens_something()]
        if len(opening) < 2:
            return results[-1][1] if results else False
        others = [item for item in results if item not in opening]
        if self.multi_client_actions == "all":
            shown = [item for item in results if item in opening or item in others[-1:]]
            return self._play_in_order([result for _child, result in shown])
        kept = [item for item in results if item not in opening[1:]]
        return kept[-1][1]

    def _play_in_order(self, actions):
        flat = []
        for action in actions:
            if action.get("tag") == PLAY_IN_ORDER:
                flat += action["params"]["actions"]
            else:
                flat.append(action)
        # A page that takes the place of the web client ends whatever would come after it.
        flat.sort(key=lambda action: action.get("target") == "self")
        return {
            "type": "ir.actions.client",
            "tag": PLAY_IN_ORDER,
            "name": self.name,
            "params": {"actions": flat},
        }
