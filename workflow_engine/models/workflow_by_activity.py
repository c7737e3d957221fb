"""The records of a search by where they are in their workflows."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import constants as words
from .workflow_activity_records import MOST
from .workflow_place import AT, ENDED, FIELD, STUCK, place_labels

_ALIVE = (words.ACTIVE, words.STUCK)
#: In no workflow, which is a kind of place here.
_NONE = "none"


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    @api.readonly
    def workflow_activity_counts(self, domain):
        """Return how many of the records of a search are at which activity.

        Those the user may read; who reads a record may know where it is. A record that is at
        several places counts at each.

        :returns: ``{total, groups}``; each group is ``{name, places}``, one per workflow, and one
            without a name for records in no workflow; each place is ``{kind, workflow, key, name,
            count}``, activities in the order of the arrows
        """
        counts = {tuple(place): count for *place, count in self._workflow_place_rows(domain)}
        total = counts.pop(("all", None, None))
        outside = counts.pop((_NONE, None, None))
        groups = self._workflow_place_groups({one: n for one, n in counts.items() if n})
        if outside:
            text = self.env._("In no workflow")
            groups.append({"name": "", "places": [_place(_NONE, None, None, text, outside)]})
        return {"total": total, "groups": groups}

    @api.model
    @api.readonly
    def workflow_activity_filter(self, domain, place):
        """Return the records to filter a list by.

        All that are at a place, so that other filters may come and go; those of the present search
        if these are too many for a filter. Where the model has the field of ``workflow_place.py``,
        the filter asks for the place itself, and follows the records.

        :param place: one of ``workflow_activity_counts``
        :returns: ``{domain}``, or ``{ids, is_cut, most, date}`` without the field
        """
        if FIELD in self._fields:
            return {"domain": self._workflow_place_field_domain(place)}
        here = self._workflow_place_domain(place)
        ids = self.search(here, order="id", limit=MOST + 1).ids
        if len(ids) > MOST:
            ids = self.search(Domain(domain) & here, order="id", limit=MOST + 1).ids
        return {
            "ids": ids[:MOST],
            "is_cut": len(ids) > MOST,
            "most": MOST,
            "date": fields.Datetime.now(),
        }

    # -- helpers --------------------------------------------------------------------------------

    def _workflow_place_rows(self, domain):
        """Return (kind, workflow, key of the activity, number of records), in one statement."""
        return self.env.execute_query(
            SQL(
                """
                WITH chosen AS (%(chosen)s),
                placed AS (
                    SELECT i.id, i.wkf_id, i.res_id, i.state
                    FROM workflow_instance i JOIN chosen ON chosen.id = i.res_id
                    WHERE i.res_type = %(model)s
                )
                SELECT 'all', NULL::int, NULL::text, count(*) FROM chosen
                UNION ALL
                SELECT %(none)s, NULL, NULL, count(*) FROM chosen
                WHERE NOT EXISTS (SELECT FROM placed WHERE placed.res_id = chosen.id)
                UNION ALL
                SELECT %(at)s, placed.wkf_id, a.key, count(DISTINCT placed.res_id) FROM placed
                JOIN workflow_workitem w ON w.inst_id = placed.id
                JOIN workflow_activity a ON a.id = w.act_id
                WHERE placed.state = ANY(%(alive)s) GROUP BY placed.wkf_id, a.key
                UNION ALL
                SELECT %(stuck)s, wkf_id, NULL, count(DISTINCT res_id) FROM placed
                WHERE state = %(is_stuck)s GROUP BY wkf_id
                UNION ALL
                SELECT %(ended)s, wkf_id, NULL, count(*) FROM (
                    SELECT wkf_id, res_id FROM placed
                    GROUP BY wkf_id, res_id HAVING NOT bool_or(state = ANY(%(alive)s))
                ) AS through GROUP BY wkf_id
                """,
                chosen=self._search(domain).select(),
                model=self._name,
                alive=list(_ALIVE),
                is_stuck=words.STUCK,
                at=AT,
                stuck=STUCK,
                ended=ENDED,
                none=_NONE,
            )
        )

    def _workflow_place_groups(self, counts):
        """Return the groups of ``{(kind, workflow, key): count}``."""
        # Definitions need not be readable for those whose records go through them.
        workflows = self.env["workflow"].sudo().browse({id_ for _kind, id_, _key in counts})
        activities = workflows._activities_by_key({key for _kind, _id, key in counts if key})
        labels = place_labels(self.env)
        groups = []
        for workflow in workflows.sorted(lambda one: (one.name, one.id)):
            mine = {key: one for (id_, key), one in activities.items() if id_ == workflow.id}
            places = [(AT, key, activity.name) for key, activity in mine.items()]
            places += [(kind, None, label) for kind, label in labels.items()]
            found = [
                _place(kind, workflow.id, key, name, counts[kind, workflow.id, key])
                for kind, key, name in places
                if (kind, workflow.id, key) in counts
            ]
            groups.append({"name": workflow.name, "places": found})
        return groups

    def _workflow_place_field_domain(self, place):
        """Return the domain of the records that are at a place whenever it is asked."""
        kind = place["kind"]
        if kind == _NONE:
            return [(FIELD, "=", False)]
        if kind not in (AT, STUCK, ENDED):
            raise ValueError(f"There is no kind of place {kind!r} in a workflow.")
        places = self.env["workflow.place"].search(
            [("kind", "=", kind), ("wkf_id", "=", place["workflow"]), ("key", "=", place["key"])]
        )
        return [(FIELD, "in", places.ids)]

    def _workflow_place_domain(self, place):
        """Return the domain of the records that are at a place now."""
        kind = place["kind"]
        instances = self.env["workflow.instance"].sudo()
        mine = Domain("res_type", "=", self._name)
        if kind == _NONE:
            return Domain("id", "not in", _records_of(instances, mine))
        mine &= Domain("wkf_id", "=", place["workflow"])
        alive = mine & Domain("state", "in", _ALIVE)
        if kind == AT:
            here = alive & Domain("activity_ids.key", "=", place["key"])
        elif kind == STUCK:
            here = mine & Domain("state", "=", words.STUCK)
        elif kind == ENDED:
            under_way = Domain("id", "not in", _records_of(instances, alive))
            return Domain("id", "in", _records_of(instances, mine)) & under_way
        else:
            raise ValueError(f"There is no kind of place {kind!r} in a workflow.")
        return Domain("id", "in", _records_of(instances, here))


class Workflow(models.Model):
    _inherit = "workflow"

    def _activities_by_key(self, keys):
        """Return ``{(workflow, key): activity}``, each of the newest version that has it.

        In the order of the arrows; activities that only older versions have come last.
        """
        activities = self.env["workflow.activity"].search(
            [
                ("wkf_id", "in", self.ids),
                ("key", "in", list(keys)),
                ("version_id.state", "!=", "draft"),
            ]
        )
        newest = {}
        for one in activities.sorted(lambda one: one.version_id.id):
            newest[one.wkf_id.id, one.key] = one
        return dict(sorted(newest.items(), key=lambda item: item[1]._place_in_order()))


class WorkflowActivity(models.Model):
    _inherit = "workflow.activity"

    def _place_in_order(self):
        graph = self.env["workflow.version"]._graph_of(self.version_id.id)
        return -self.version_id.id, graph.nodes[self.id].rank


def _place(kind, workflow, key, name, count):
    return {"kind": kind, "workflow": workflow, "key": key, "name": name, "count": count}


def _records_of(instances, domain):
    """Return the ids of the records of instances as a part of another statement."""
    return instances._search(domain).select(SQL.identifier(instances._table, "res_id"))
