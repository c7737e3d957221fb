"""Changes of activities, carried to the rules about them."""

from odoo import api, fields, models

from odoo.addons.server_action_engine.core.subscriptions import CREATE, WRITE

from ..core.local_time import end_of_day
from ..core.triggers.activity import rounds
from .time_zone import zone_of
from .trigger_activity import CREATED, DONE, OVERDUE, SUBSCRIBER

#: Context key: ``{"model": …, "activities": {record id: activity id}}``, for the name ``activity``.
ACTIVITIES_KEY = "base_automation_ext_activities"
#: ``cr.precommit.data`` key: the soonest moment an activity of this transaction is overdue.
_WAKE_KEY = "base_automation_ext.overdue"


class ActivitySubscriber(models.AbstractModel):
    _name = SUBSCRIBER
    _inherit = ["server.action.event.subscriber"]
    _description = "Automation Rules Listening to Activities"

    @api.model
    def _event_before(self, event, subscriptions):
        if event.kind != WRITE or "active" not in event.names or event.vals["active"]:
            return None
        return event.records.sudo().filtered("active").ids

    @api.model
    def _event_after(self, event, subscriptions, state):
        done = event.records.browse(state or ())
        for subscription in subscriptions:
            entry = subscription.payload
            key = entry.trigger.key
            if key == OVERDUE:
                self._wake_for_overdue(entry.trigger, event.records)
            elif key == CREATED and event.kind == CREATE:
                self._fire_for(entry, event.records)
            elif key == DONE and done:
                self._fire_for(entry, done)

    @api.model
    def _fire_for(self, entry, activities):
        """Run a rule on the records that those of ``activities`` belong to it is about."""
        trigger = entry.trigger
        wanted = [
            (activity.res_id, activity.id)
            for activity in activities.sudo()
            if trigger.is_about(activity.res_model, activity.activity_type_id.id)
        ]
        for part in rounds(wanted):
            names = {"model": trigger.model, "activities": part}
            records = activities.env[trigger.model].browse(part).exists()
            if records:
                records = records.with_context(**{ACTIVITIES_KEY: names})
                self.env["base.automation.subscriber"]._fire(entry, records)

    @api.model
    def _wake_for_overdue(self, trigger, activities):
        """Have the scheduled action look at these activities when they are overdue."""
        moments = [
            end_of_day(activity.date_deadline, zone_of(activity.user_tz))
            for activity in activities.sudo()
            if activity.active
            and trigger.is_about(activity.res_model, activity.activity_type_id.id)
        ]
        if not moments:
            return
        precommit = self.env.cr.precommit
        if _WAKE_KEY not in precommit.data:
            precommit.add(self.sudo()._wake)
        soonest = min(moments)
        precommit.data[_WAKE_KEY] = min(soonest, precommit.data.get(_WAKE_KEY, soonest))

    @api.model
    def _wake(self):
        moment = self.env.cr.precommit.data.pop(_WAKE_KEY, None)
        if moment:
            self.env["base.automation"]._wake_by(max(moment, fields.Datetime.now()))

    @api.model
    def _awaits_done(self):
        """Tell whether some rule waits for activities to be done."""
        found = self._event_subscriptions_to("mail.activity", WRITE)
        return any(
            subscription.subscriber == SUBSCRIBER and subscription.payload.trigger.key == DONE
            for subscription in found
        )


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # Odoo writes the feedback after the activity is done, when the rules have run.
        if feedback and self.env[SUBSCRIBER]._awaits_done():
            self.feedback = feedback
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)


def activity_names(record):
    """Return the name ``activity`` for one record; empty outside rules about activities."""
    known = record.env.context.get(ACTIVITIES_KEY)
    if not known or known["model"] != record._name:
        return {}
    return {"activity": record.env["mail.activity"].browse(known["activities"].get(record.id))}


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model
    def _get_eval_context(self, action=None):
        names = super()._get_eval_context(action)
        if action and names.get("record"):
            names.update(activity_names(names["record"][:1]))
        return names

    @api.model
    def _eval_scope(self, eval_context, record, **names):
        scope = super()._eval_scope(eval_context, record, **names)
        if "activity" in scope and "activity" not in names:
            scope.update(activity_names(record))
        return scope
