"""Places: where records can be in a workflow, to group and filter lists of the records by.

Both the places and who is at them are views of the database, so nothing has to be kept up to date.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import constants as words

#: Name of the field of records (``ir_model_fields.py``).
FIELD = "x_workflow_place_ids"
#: How the names of its relations begin, which are views; the id of the model follows.
VIEWS = "x_workflow_places_"
AT, STUCK, ENDED = "at", "stuck", "ended"
#: Ids of places that are no activity: the workflow's and this. Groups of many2many fields are in
#: the order of the ids, so the ends of workflows come last.
_OFFSET = {STUCK: 1_400_000_000, ENDED: 1_500_000_000}
_ALIVE = [words.ACTIVE, words.STUCK]


class WorkflowPlace(models.Model):
    _name = "workflow.place"
    _description = "Workflow Place"
    _auto = False
    _order = "id"
    _depends = {
        "workflow": ["name", "osv"],
        "workflow.activity": ["name", "key", "wkf_id", "version_id"],
        "workflow.version": ["state"],
    }

    name = fields.Char(readonly=True)
    kind = fields.Selection(
        [(AT, "Activity"), (STUCK, "Stuck"), (ENDED, "Ended")],
        readonly=True,
        help="Stuck: no activity is left, and no stop activity was reached.",
    )
    wkf_id = fields.Many2one("workflow", string="Workflow", readonly=True)
    key = fields.Char(
        readonly=True, help="What an activity is called in all versions of the workflow."
    )
    osv = fields.Char(string="Model Name", readonly=True)

    def init(self):
        """Make the view of the places, then those of the models whose records are grouped."""
        cr = self.env.cr
        cr.execute(SQL("DROP VIEW IF EXISTS workflow_place CASCADE"))
        cr.execute(_places())
        cr.execute(
            "SELECT model, relation_table FROM ir_model_fields "
            "WHERE relation = %s AND starts_with(relation_table, %s)",
            [self._name, VIEWS],
        )
        for model, view in cr.fetchall():
            cr.execute(records_at_places(model, view))

    @api.depends("name", "kind", "wkf_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # Definitions need not be readable for those whose records go through them.
        mine = self.sudo()
        workflows = self.env["workflow"].sudo()
        several = {
            model
            for model, count in workflows._read_group(
                [("osv", "in", mine.mapped("osv"))], ["osv"], ["__count"]
            )
            if count > 1
        }
        labels = place_labels(self.env)
        for place, one in zip(self, mine, strict=True):
            name = labels.get(one.kind) or one.name
            place.display_name = f"{one.wkf_id.name} / {name}" if one.osv in several else name


def place_labels(env):
    """Return the names of places that are no activity, by kind."""
    return {STUCK: env._("Stuck: no activity is left"), ENDED: env._("Ended")}


def _places():
    """Return the statement that makes the view of all places.

    Versions of an activity are one place; it has the id and the name of the newest that is used.
    """
    return SQL(
        """
        CREATE VIEW workflow_place AS
        SELECT newest.id, newest.name, %(at)s AS kind, newest.wkf_id, newest.key, w.osv
        FROM (
            SELECT DISTINCT ON (a.wkf_id, a.key) a.id, a.name, a.wkf_id, a.key
            FROM workflow_activity a JOIN workflow_version v ON v.id = a.version_id
            WHERE v.state <> 'draft' ORDER BY a.wkf_id, a.key, v.id DESC
        ) AS newest JOIN workflow w ON w.id = newest.wkf_id
        UNION ALL
        SELECT w.id + %(stuck_offset)s, NULL, %(stuck)s, w.id, NULL, w.osv FROM workflow w
        UNION ALL
        SELECT w.id + %(ended_offset)s, NULL, %(ended)s, w.id, NULL, w.osv FROM workflow w
        """,
        at=AT,
        stuck=STUCK,
        ended=ENDED,
        stuck_offset=_OFFSET[STUCK],
        ended_offset=_OFFSET[ENDED],
    )


def records_at_places(model, view):
    """Return the statement that makes the view of the records of a model and their places.

    A pair is there once: a record that ended a workflow twice has ended it.
    """
    return SQL(
        """
        CREATE OR REPLACE VIEW %(view)s AS
        SELECT DISTINCT i.res_id, p.id AS place_id
        FROM workflow_instance i
        JOIN workflow_workitem w ON w.inst_id = i.id
        JOIN workflow_activity a ON a.id = w.act_id
        JOIN workflow_place p ON p.kind = %(at)s AND p.wkf_id = a.wkf_id AND p.key = a.key
        WHERE i.res_type = %(model)s AND i.state = ANY(%(alive)s)
        UNION ALL
        SELECT DISTINCT res_id, wkf_id + %(stuck_offset)s FROM workflow_instance
        WHERE res_type = %(model)s AND state = %(stuck)s
        UNION ALL
        SELECT res_id, wkf_id + %(ended_offset)s FROM workflow_instance
        WHERE res_type = %(model)s
        GROUP BY res_id, wkf_id HAVING NOT bool_or(state = ANY(%(alive)s))
        """,
        view=SQL.identifier(view),
        model=model,
        alive=_ALIVE,
        at=AT,
        stuck=words.STUCK,
        stuck_offset=_OFFSET[STUCK],
        ended_offset=_OFFSET[ENDED],
    )
