from odoo import api, fields, models

from odoo.addons.server_action_engine.core.subscriptions import Subscription


class TestEventSubscription(models.Model):
    _name = "test.event.subscription"
    _description = "Subscription Stored in the Database"

    model = fields.Char(required=True)
    event = fields.Char(required=True, help="One event, or several separated by commas.")
    field_names = fields.Char(help="Watched fields, separated by commas; empty watches all.")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["test.event.listener"]._event_subscriptions_changed()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env["test.event.listener"]._event_subscriptions_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["test.event.listener"]._event_subscriptions_changed()
        return result


class TestEventListener(models.AbstractModel):
    _name = "test.event.listener"
    _inherit = ["server.action.event.subscriber"]
    _description = "Listener that Keeps what it Heard on the Cursor"

    #: Whether reading the subscriptions computes a field, which is an event itself.
    _reads_computed_field = False

    @api.model
    def _heard(self):
        """Return the list of dicts ``{kind, model, ids, names, notes, old}`` heard so far."""
        return self.env.cr.__dict__.setdefault("test_event_listener_heard", [])

    @api.model
    def _event_subscriptions(self):
        if self._reads_computed_field:
            self.env.user.invalidate_recordset(["tz"])
            self.env.user.mapped("tz")
        return [
            Subscription(
                model=record.model,
                event=event,
                subscriber=self._name,
                key=f"test-{record.id}",
                fields=frozenset(record.field_names.split(",")) if record.field_names else None,
            )
            for record in self.env["test.event.subscription"].search([])
            for event in record.event.split(",")
        ]

    @api.model
    def _event_before(self, event, subscriptions):
        for subscription in subscriptions:
            names = (subscription.fields or frozenset()) & event.names
            event.read_old(event.records, sorted(names))
        if event.kind == "unlink":
            self._hear(event)

    @api.model
    def _event_after(self, event, subscriptions, state):
        self._hear(event)

    def _hear(self, event):
        records = event.records.exists() if event.kind == "unlink" else event.records
        notes = records.mapped("note") if "note" in records else []
        self._heard().append(
            {
                "kind": event.kind,
                "model": event.records._name,
                "ids": event.records.ids,
                "names": sorted(event.names),
                "notes": notes,
                "old": event.old,
            }
        )
