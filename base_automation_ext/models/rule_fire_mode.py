"""How often a rule fires on the changes of one record, and whether later rules still do."""

from odoo import fields, models

from .rule_entry import COLLAPSE, EVERY, ONCE


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    fire_mode = fields.Selection(
        [
            (ONCE, "Once per chain of events"),
            (EVERY, "On every change"),
            (COLLAPSE, "Once for all changes saved together"),
        ],
        string="Fires",
        default=ONCE,
        required=True,
        tracking=True,
        help="Once per chain of events: as in stock Odoo; what the rule itself or a rule it starts "
        "changes on the record does not start it again.\n"
        "On every change: also when rules cause it, as long as a value really changes.\n"
        "Once for all changes saved together: when everything is about to be saved, with the "
        "values from before the first change as old and the final ones as new. Nothing happens "
        "to records that end up as they were, or are deleted meanwhile. Does not apply to "
        "deletions, messages and rules that are not started by a change.",
    )
    stop_others = fields.Boolean(
        string="Later Rules Skip Them",
        help="Rules that come after this one leave out, for the same change, the records it ran "
        "on.",
    )
    max_chain_depth = fields.Integer(
        string="Longest Chain",
        help="How many rules may start each other, this one included, before this one refuses. "
        "0 means 30.",
    )
