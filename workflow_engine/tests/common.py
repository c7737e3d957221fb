"""Definitions in a line of text, on partners."""

import re

from odoo.tests import TransactionCase

_ARROW = re.compile(r"^(\w+)(\*?)(!?)\s*-(?:([\w.]+)-)?>\s*(\w+)(\*?)(!?)$")
_LONE = re.compile(r"^(\w+)(\*?)(!?)$")


class WorkflowCase(TransactionCase):
    """``a* -> b; b -ok-> c!``: ``*`` starts, ``!`` stops, ``-ok->`` is a signal.

    Keyword arguments of :meth:`flow` are the values of activities, ``edges`` those of transitions
    by ``"a>b"``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.env["workflow.engine"]
        cls.partner_model = cls.env["ir.model"]._get("res.partner")

    @classmethod
    def flow(cls, text, *, edges=None, publish=True, model="res.partner", values=None, **acts):
        """Create a workflow; ``publish=False`` leaves it to its first use, as old files do."""
        workflow = cls.env["workflow"].create({"name": "Test", "osv": model, **(values or {})})
        seen, arrows = {}, []
        for line in (part.strip() for part in re.split(r"[;\n]", text)):
            if not line:
                continue
            lone = _LONE.match(line)
            match = _ARROW.match(line)
            assert lone or match, line
            if lone:
                _see(seen, *lone.groups())
                continue
            source, s_start, s_stop, signal, target, t_start, t_stop = match.groups()
            _see(seen, source, s_start, s_stop)
            _see(seen, target, t_start, t_stop)
            arrows.append((source, target, signal))
        activities = {
            name: cls.env["workflow.activity"].create(
                {
                    "name": name,
                    "wkf_id": workflow.id,
                    "flow_start": start,
                    "flow_stop": stop,
                    **acts.get(name, {}),
                }
            )
            for name, (start, stop) in seen.items()
        }
        for source, target, signal in arrows:
            cls.env["workflow.transition"].create(
                {
                    "act_from": activities[source].id,
                    "act_to": activities[target].id,
                    "signal": signal,
                    **(edges or {}).get(f"{source}>{target}", {}),
                }
            )
        if publish:
            workflow.action_publish()
        return workflow

    @classmethod
    def partners(cls, count=1, **vals):
        return cls.env["res.partner"].create(
            [{"name": f"Partner {number}", **vals} for number in range(count)]
        )

    def instances(self, records, workflow=None):
        domain = [("res_type", "=", records._name), ("res_id", "in", records.ids)]
        if workflow:
            domain.append(("wkf_id", "=", workflow.id))
        return self.env["workflow.instance"].search(domain, order="id")

    def where(self, record, workflow=None):
        """Return the names of the activities with tokens, the oldest first."""
        items = self.instances(record, workflow).workitem_ids.sorted("number")
        return [item.act_id.name for item in items]

    def state(self, record):
        return self.instances(record).mapped("state")

    def log(self, record, *events):
        lines = self.env["workflow.log"].search([("res_id", "=", record.id)], order="id")
        return [
            (line.event, line.activity_id.name or line.signal or "", line.reason or "")
            for line in lines
            if not events or line.event in events
        ]

    def code_action(self, code, **vals):
        return self.env["ir.actions.server"].create(
            {
                "name": "Test action",
                "model_id": self.partner_model.id,
                "state": "code",
                "code": code,
                **vals,
            }
        )

    def queries_of(self, function):
        """Return the number of SQL statements ``function`` causes, all changes written."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before


class InterfaceCase(WorkflowCase):
    """With a workflow that has a split, a join, a stop of all, a group and a condition."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env.ref("base.group_system")
        cls.workflow = cls.flow(
            "draft* -submit-> check; check -> legal; check -> money;"
            "legal -legal_ok-> done!; money -money_ok-> done!; draft -cancel-> off!",
            values={"name": "Approval"},
            edges={
                "draft>check": {"label": "Submit"},
                "money>done": {"group_id": cls.group.id},
                "draft>off": {"condition": "ref == 'a very long reason to cancel it'"},
            },
            check={"split_mode": "AND"},
            done={"join_mode": "AND"},
            off={"kind": "stopall"},
        )
        cls.version = cls.workflow.current_version_id

    def place(self, data, name):
        """Return an activity of a diagram by its name."""
        [found] = [
            one
            for one in data["activities"]
            if any(line["kind"] == "name" and line["text"] == name for line in one["lines"])
        ]
        return found

    def edge(self, data, source, target):
        ends = (self.place(data, source)["id"], self.place(data, target)["id"])
        [found] = [one for one in data["transitions"] if (one["source"], one["target"]) == ends]
        return found


def _see(seen, name, start, stop):
    old_start, old_stop = seen.get(name, (False, False))
    seen[name] = (old_start or bool(start), old_stop or bool(stop))
