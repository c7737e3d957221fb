"""Failures are reported to the owner of the action, at most once an hour."""

import logging

from markupsafe import Markup

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

ALERT_INTERVAL_MINUTES = 60


class ServerActionAlert(models.Model):
    """When the owner of an action was alerted last.

    A table of its own: every write on ``ir.actions.server`` empties a cache in every worker.
    """

    _name = "server.action.alert"
    _description = "Automation Alert"
    _log_access = False
    _rec_name = "action_ref"

    action_ref = fields.Integer(string="Action ID", required=True, readonly=True)
    last_sent = fields.Datetime(required=True, readonly=True)

    _action_unique = models.Constraint(
        "UNIQUE(action_ref)", "An action has one moment of its last alert."
    )

    @api.model
    def _alert_owner(self, run_id):
        """Tell the owner of the action that a run failed, unless told within the last hour.

        :returns: whether an alert was created
        """
        run = self.env["server.action.run"].browse(run_id)
        action = run.action_id.exists()
        owner = action.alert_user_id
        if not owner or not owner.active or not self._take_turn(action.id):
            return False
        run = run.with_context(lang=owner.lang, tz=owner.tz)
        self._send_mail(run, owner)
        self._plan_activity(run, owner)
        return True

    @api.model
    def _take_turn(self, action_id):
        """Claim the right to alert; only one of several simultaneous failures gets it."""
        # The row is locked by the first; a second waits, and then finds it too recent or fails
        # with a serialization error, which means the same.
        self.env.cr.execute(
            """
            INSERT INTO server_action_alert AS alert (action_ref, last_sent)
                 VALUES (%(action)s, now() AT TIME ZONE 'UTC')
            ON CONFLICT (action_ref) DO UPDATE
                    SET last_sent = EXCLUDED.last_sent
                  WHERE alert.last_sent
                        <= EXCLUDED.last_sent - %(minutes)s * interval '1 minute'
              RETURNING id
            """,
            {"action": action_id, "minutes": ALERT_INTERVAL_MINUTES},
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _alert_subject(self, run):
        return run.env._("Action “%(action)s” failed", action=run.action_name)

    @api.model
    def _send_mail(self, run, owner):
        if not owner.email:
            return
        env = run.env
        rows = [
            (env._("Action"), run.action_name),
            (env._("Records"), f"{run.model_name or ''} ({run.record_count})"),
            (
                env._("Started by"),
                run.origin_name
                or dict(run._fields["trigger_kind"]._description_selection(env)).get(
                    run.trigger_kind, ""
                ),
            ),
            (env._("Error"), run.error_message or env._("Some records failed; see the run.")),
        ]
        table = Markup("").join(
            Markup(
                "<tr><th style='text-align:left;padding-right:12px;vertical-align:top'>%s</th>"
                "<td>%s</td></tr>"
            )
            % row
            for row in rows
        )
        url = f"{run.get_base_url()}/odoo/action-{self._runs_action().id}/{run.id}"
        body = Markup("<table>%s</table><p><a href='%s'>%s</a></p><p>%s</p>") % (
            table,
            url,
            env._("Open the run"),
            env._("Further failures of this action within the hour are not reported by e-mail."),
        )
        self.env["mail.mail"].create(
            {
                "subject": self._alert_subject(run),
                "body_html": body,
                "email_to": owner.email_formatted,
                "auto_delete": True,
            }
        )

    @api.model
    def _runs_action(self):
        return self.env.ref("server_action_engine.server_action_run_action")

    @api.model
    def _plan_activity(self, run, owner):
        values = {
            "activity_type_id": self.env.ref("mail.mail_activity_data_warning").id,
            "summary": self._alert_subject(run),
            "note": Markup("<p>%s</p>") % (run.error_message or ""),
            "user_id": owner.id,
        }
        if run.with_user(owner).has_access("read"):
            values |= {
                "res_model_id": self.env["ir.model"]._get_id(run._name),
                "res_id": run.id,
            }
        # The e-mail above says it already: no second one for the assignment.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)
