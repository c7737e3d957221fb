"""From what a dry run saw to what a person reads."""

import traceback

from odoo.tools import html2plaintext

from ..core.errors import root_cause
from ..core.expression import names_in
from ..core.redact import keep_text, keep_traceback
from .dry_run_rows import TECHNICAL, RowDescriber
from .dry_run_values import ValueReader
from .run_log_timeline import timeline_of_frame

#: Rows of these tables leave the database later: table → (kind, title column, detail column).
_OUTBOXES = {
    "mail_mail": ("mail", None, "email_to"),
    "sms_sms": ("sms", "body", "number"),
    "server_action_task": ("task", None, None),
    "mail_message": ("message", None, None),
}
_MAX_SHOWN = 200
#: Names in the code of an action → what they are suspected of.
_SUSPECTS = {"cursor": "cursor", "Registry": "cursor", "requests": "network", "urlopen": "network"}


class ReportBuilder:
    """Collects the parts of the report in the order in which they become known.

    The report is a dict of plain data:

    - ``action``, ``model``, ``model_label``, ``records``, ``state``, ``duration_ms``, ``sql_count``
    - ``error``: None or ``{type, message, traceback}``
    - ``conditions``: list of ``{action, domain, expression, kept, left_out}``, records as
      ``{id, name, reason}``
    - ``changed``, ``created``, ``deleted``: list of ``{model, model_label, id, name, fields}``,
      fields as ``{name, label, before, after}``
    - ``outgoing``: list of ``{kind, title, detail}``
    - ``steps``: the timeline
    - ``technical``: list of ``{table, label, created, changed, deleted}``
    - ``warnings``: list of texts; ``truncated``: whether rows were left out of the report
    """

    def __init__(self, actions, records, recorder, title=None):
        self.actions = actions
        self.title = title or actions[:1].name
        self.env = actions.env
        self.records = records
        self.recorder = recorder
        self.reader = ValueReader(self.env)
        self.error = None
        self.duration_ms = 0.0
        self.sql_count = 0
        self._mails = {}
        self._mailed_messages = set()
        self._rows = RowDescriber(self.env, records, self.reader)

    def failed(self, exc):
        """Keep the error that ended the run."""
        self.error = {
            "type": type(root_cause(exc)).__name__,
            "message": keep_text(str(exc) or repr(exc)),
            "traceback": keep_traceback("".join(traceback.format_exception(exc))),
        }

    def measured(self, duration_ms, sql_count):
        """Keep the cost of the run."""
        self.duration_ms, self.sql_count = round(duration_ms, 1), sql_count

    # -- names, while the records are there ---------------------------------------------------

    def read_after(self, tracker):
        """Read the names of records as they are after the run."""
        for table in tracker.tables:
            self._rows.load_names(table, table.after)
        self._read_mails(tracker)

    def read_before(self, tracker):
        """Read the names of records as they were, and of those that would be gone."""
        for table in tracker.tables:
            self._rows.load_names(table, table.changes.deleted)
            self._rows.load_names(
                table,
                {
                    key: {column: pair[0] for column, pair in columns.items()}
                    for key, columns in table.changes.changed.items()
                },
            )
        self.reader.load_names(self.records._name, self.records.ids)

    def _read_mails(self, tracker):
        """Subject and recipients of new e-mails, which live in other tables."""
        for table in tracker.tables:
            if table.table == "mail_mail":
                for mail in self.env["mail.mail"].sudo().browse(table.after).exists():
                    recipients = [mail.email_to or "", *mail.recipient_ids.mapped("display_name")]
                    self._mails[mail.id] = (mail.subject or "", ", ".join(filter(None, recipients)))
                    self._mailed_messages.add(mail.mail_message_id.id)

    # -- building -------------------------------------------------------------------------------

    def build(self, tracker):
        """Return the report."""
        changed, created, deleted = [], [], []
        for table in tracker.tables:
            self._note_outgoing(table)
            if table.table in TECHNICAL or table.table in _OUTBOXES:
                continue
            model = self._rows.model_of(table)
            if model is not None:
                changed += self._rows.changed_records(model, table.changes.changed)
                created += self._rows.records(model, table.changes.created, 1)
                deleted += self._rows.records(model, table.changes.deleted, 0)
        changed += self._rows.changed_relations(tracker.tables)
        frames = self.recorder.frames
        return {
            "action": self.title,
            "model": self.records._name,
            "model_label": self.records._description,
            "records": len(self.records),
            "state": "failed" if self.error else (frames[0].state if frames else "skipped"),
            "duration_ms": self.duration_ms,
            "sql_count": self.sql_count,
            "error": self.error,
            "conditions": [self._condition(item) for item in self.recorder.conditions],
            "changed": _merged(changed)[:_MAX_SHOWN],
            "created": created[:_MAX_SHOWN],
            "deleted": deleted[:_MAX_SHOWN],
            "counts": {
                "changed": len(_merged(changed)),
                "created": len(created),
                "deleted": len(deleted),
            },
            "outgoing": self.recorder.outgoing[:_MAX_SHOWN],
            "steps": [step for frame in frames for step in timeline_of_frame(self.env, frame)],
            "technical": self._technical(tracker),
            "warnings": self._warnings(),
            "truncated": any(table.truncated for table in tracker.tables)
            or max(len(changed), len(created), len(deleted)) > _MAX_SHOWN,
        }

    def _note_outgoing(self, table):
        if table.table not in _OUTBOXES:
            return
        kind, title, detail = _OUTBOXES[table.table]
        for res_id, row in table.changes.created.items():
            if kind == "mail":
                self.recorder.would_leave(kind, *self._mails.get(res_id, ("", "")))
            elif kind == "task":
                action = self.reader.name("ir.actions.server", row.get("action_id"))
                count = row.get("record_count") or 0
                self.recorder.would_leave(
                    kind, action, self.env._("%(count)s records", count=count)
                )
            elif kind == "message":
                self._note_message(res_id, row)
            else:
                self.recorder.would_leave(kind, row.get(title) or "", row.get(detail) or "")

    def _note_message(self, res_id, row):
        """A message in somebody's chatter, unless it is the body of an e-mail listed anyway."""
        text = html2plaintext(row.get("body") or "").strip() or row.get("subject")
        if text and res_id not in self._mailed_messages:
            self.reader.load_names(row.get("model"), [row.get("res_id")])
            on = self.reader.name(row.get("model"), row.get("res_id")) if row.get("model") else ""
            self.recorder.would_leave("message", keep_text(text, 500), on)

    def _condition(self, item):
        def described(res_id, reason=""):
            return {
                "id": res_id,
                "name": self.reader.name(item["model"], res_id),
                "reason": reason,
            }

        self.reader.load_names(item["model"], item["kept"] + [row[0] for row in item["left_out"]])
        because = {
            True: self.env._("The condition is not true."),
            False: self.env._("Does not match “Applies to”."),
        }
        return {
            "action": item["action"],
            "domain": item["domain"],
            "expression": item["expression"],
            "kept": [described(res_id) for res_id in item["kept"][:_MAX_SHOWN]],
            "left_out": [
                described(res_id, because[matched])
                for res_id, matched in item["left_out"][:_MAX_SHOWN]
            ],
            "kept_count": len(item["kept"]),
            "left_out_count": len(item["left_out"]),
        }

    def _technical(self, tracker):
        rows = []
        for table in tracker.tables:
            model = self._rows.model_of(table)
            if model is not None and table.table not in TECHNICAL:
                continue
            if model is None and self._rows.is_relation(table):
                continue
            rows.append(
                {
                    "table": table.table,
                    "label": model._description if model is not None else table.table,
                    "created": table.inserted,
                    "changed": table.updated,
                    "deleted": table.deleted,
                }
            )
        return rows

    def _warnings(self):
        env = self.env
        texts = list(self.recorder.remarks)
        if "task" in self.actions.mapped("execution"):
            texts.append(
                env._("In reality the action runs in the background, in a transaction of its own.")
            )
        suspects = self._suspects()
        if "cursor" in suspects:
            texts.append(
                env._(
                    "The code names connections of its own to the database; what it writes "
                    "there is NOT undone and not shown."
                )
            )
        if "network" in suspects:
            texts.append(
                env._("The code talks to the network; connections were refused in the dry run.")
            )
        if any(item["kind"] == "callback" for item in self.recorder.outgoing):
            texts.append(env._("Some work waits for the commit; what it does is not shown."))
        return texts

    def _suspects(self):
        found = set()
        ids = {step.action_id for frame in self.recorder.frames for step in frame.walk()}
        for action in self.env["ir.actions.server"].sudo().browse(ids).exists():
            if action.state == "code" and action.code:
                names = names_in(action.code)
                found |= {kind for name, kind in _SUSPECTS.items() if name in names}
        return found


def _merged(entries):
    """Join what is said of the same record in several places."""
    found = {}
    for entry in entries:
        known = found.setdefault((entry["model"], entry["id"]), {**entry, "fields": []})
        known["fields"] += entry["fields"]
    return list(found.values())
