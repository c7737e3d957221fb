"""The event hook: who is told what, and that nobody can take it away by accident."""

from contextlib import suppress
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import config

from odoo.addons.server_action_engine.models.event_hook_gate import gate_of


@tagged("post_install", "-at_install")
class EventHookCase(TransactionCase):
    """Needs the test-only addon ``test_server_action_engine``."""

    def setUp(self):
        super().setUp()
        if "test.event.record" not in self.env:
            self.skipTest("the addon test_server_action_engine is not installed")
        self.Record = self.env["test.event.record"]
        self.listener = self.env["test.event.listener"]
        self.env.cr.__dict__.pop("test_event_listener_heard", None)

    def subscribe(self, event, fields=None, model="test.event.record"):
        return self.env["test.event.subscription"].create(
            {"model": model, "event": event, "field_names": fields}
        )

    def heard(self):
        """Return and forget what was heard."""
        heard = list(self.listener._heard())
        self.listener._heard().clear()
        return heard


class TestEventHook(EventHookCase):
    def test_create_shows_the_values_set_after_super(self):
        """A listener to creations sees what the model's own create() changed after super()."""
        self.subscribe("create")
        records = self.Record.create([{"name": "a"}, {"name": "b"}])
        (event,) = self.heard()
        self.assertEqual(event["kind"], "create")
        self.assertEqual(event["ids"], records.ids)
        self.assertEqual(event["notes"], ["created a", "created b"])
        self.assertEqual(records.env, self.env)

    def test_create_accepts_a_single_dict(self):
        """create() with one dict of values still works and is heard."""
        self.subscribe("create")
        record = self.Record.create({"name": "a"})
        self.assertEqual(self.heard()[0]["ids"], record.ids)

    def test_write_shows_the_values_set_after_super(self):
        """A listener to updates sees what the model's own write() changed after super()."""
        record = self.Record.create({"name": "a"})
        self.subscribe("write")
        record.write({"name": "z"})
        (event,) = self.heard()
        self.assertEqual((event["kind"], event["names"]), ("write", ["name"]))
        self.assertEqual(event["notes"], ["written z"])

    def test_write_is_heard_only_for_watched_fields(self):
        """Writing other fields than the watched ones is not heard."""
        record = self.Record.create({"name": "a"})
        self.subscribe("write", "name")
        record.write({"note": "x"})
        self.assertEqual(self.heard(), [])
        record.write({"name": "b", "note": "x"})
        (event,) = self.heard()
        self.assertEqual(event["old"], {record.id: {"name": "a"}})

    def test_recompute_of_a_watched_stored_field_is_heard(self):
        """A change that comes from a recomputation reaches the listeners to updates."""
        record = self.Record.create({"name": "a", "amount": 1})
        self.env.flush_all()
        self.subscribe("write", "double")
        record.amount = 5
        self.assertEqual(record.double, 10)
        (event,) = self.heard()
        self.assertEqual((event["kind"], event["names"]), ("compute", ["double"]))
        self.assertEqual(event["old"], {record.id: {"double": 2}})

    def test_unlink_is_heard_before_the_records_are_gone(self):
        """A listener to deletions can still read the records."""
        record = self.Record.create({"name": "a"})
        self.subscribe("unlink")
        record.unlink()
        (event,) = self.heard()
        self.assertEqual((event["ids"], event["notes"]), (record.ids, ["created a"]))

    def test_unlink_is_heard_again_by_those_who_ask_for_it(self):
        """Nothing but the ids is left then; the state from before is at hand."""
        record = self.Record.create({"name": "a"})
        self.subscribe("unlink")
        with patch.object(type(self.listener), "_hears_deleted", True):
            record.unlink()
        before, after = self.heard()
        self.assertEqual((before["notes"], after["notes"]), (["created a"], []))
        self.assertEqual((before["ids"], after["ids"]), (record.ids, record.ids))

    def test_posted_message_is_heard(self):
        """A listener to messages hears of message_post()."""
        record = self.Record.create({"name": "a"})
        self.subscribe("message")
        message = record.message_post(body="hello")
        (event,) = self.heard()
        self.assertEqual((event["kind"], event["ids"]), ("message", record.ids))
        self.assertTrue(message)

    def test_transient_models_are_heard(self):
        """Wizards' records are covered as well."""
        self.subscribe("create", model="test.event.wizard")
        self.env["test.event.wizard"].create({"name": "a"})
        self.assertEqual([event["model"] for event in self.heard()], ["test.event.wizard"])

    def test_model_inheriting_a_concrete_model_is_heard_once(self):
        """A model with the hook of its parent in its line is heard once, under its own name."""
        self.subscribe("create")
        self.subscribe("create", model="test.event.record.child")
        self.env["test.event.record.child"].create({"name": "a"})
        self.assertEqual([event["model"] for event in self.heard()], ["test.event.record.child"])

    def test_registry_classes_pass_for_unhooked_ones(self):
        """The hook shows in no help text, and remote calls see the same marks."""
        model_class = self.env.registry["test.event.record"]
        self.assertTrue(model_class.create._api_model)
        self.assertFalse(hasattr(model_class.write, "_api_model"))
        hook = model_class.__bases__[0]
        self.assertEqual(hook.__name__, "EventHook")
        self.assertIsNone(hook.__doc__)


class TestEventHookSwitches(EventHookCase):
    def test_context_switches_all_off(self):
        """``automation_skip=True`` silences every subscription."""
        self.subscribe("create")
        self.Record.with_context(automation_skip=True).create({"name": "a"})
        self.assertEqual(self.heard(), [])

    def test_context_switches_one_off(self):
        """``automation_skip`` with names silences these subscribers or rules only."""
        first, second = self.subscribe("create"), self.subscribe("create")
        keys = [f"test-{first.id}"]
        self.Record.with_context(automation_skip=keys).create({"name": "a"})
        self.assertEqual(len(self.heard()), 1)
        keys.append(f"test-{second.id}")
        self.Record.with_context(automation_skip=keys).create({"name": "a"})
        self.assertEqual(self.heard(), [])
        self.Record.with_context(automation_skip="test.event.listener").create({"name": "a"})
        self.assertEqual(self.heard(), [])

    def test_configuration_file_switches_all_off(self):
        """``automation_disabled`` in the configuration file silences every subscription."""
        with patch.dict(config.options, {"automation_disabled": "True"}):
            self.subscribe("create")
            self.Record.create({"name": "a"})
        self.assertEqual(self.heard(), [])


class TestEventHookCoexistence(EventHookCase):
    def writes_heard(self):
        """Return how many writes were heard of; computing a new record's fields is none."""
        return sum(event["kind"] == "write" for event in self.heard())

    def test_foreign_patch_on_the_class_works_and_leaves_no_trace(self):
        """A patch another module sets on the model's class runs around the hook and can go."""
        self.subscribe("write")
        record = self.Record.create({"name": "a"})
        model_class = type(record)
        seen = []

        def write(records, vals):
            seen.append(vals)
            return write.origin(records, vals)

        write.origin = model_class.write
        model_class.write = write
        try:
            record.write({"name": "b"})
            self.assertEqual((len(seen), self.writes_heard()), (1, 1))
        finally:
            del model_class.write
        record.write({"name": "c"})
        self.assertEqual((len(seen), self.writes_heard()), (1, 1))

    def test_patch_of_a_class_below_is_honoured(self):
        """A patch of one of the classes a model is made of is not bypassed."""
        from odoo.addons.test_server_action_engine.models.event_record import TestEventRecord

        self.subscribe("write")
        record = self.Record.create({"name": "a"})
        with patch.object(TestEventRecord, "write", lambda records, vals: "patched"):
            self.assertEqual(record.write({"name": "b"}), "patched")
        self.assertEqual(self.writes_heard(), 1)

    def test_attributes_deleted_from_the_class_do_not_remove_the_hook(self):
        """Deleting the wrapped names from a model's class, as stock does, harms nothing."""
        self.subscribe("create")
        model_class = self.env.registry["test.event.record"]
        for name in ("create", "write", "unlink", "_compute_field_value", "message_post"):
            with suppress(AttributeError):
                delattr(model_class, name)
        self.Record.create({"name": "a"})
        self.assertEqual(len(self.heard()), 1)

    def test_hook_can_be_removed_and_put_back(self):
        """Unregistering restores the bases Odoo expects; registering twice hooks once."""
        model_class = self.env.registry["test.event.record"]
        hook = self.env["server.action.event.hook"]
        self.subscribe("create")
        hook._unregister_hook()
        try:
            self.assertEqual(model_class.__bases__, model_class._base_classes__)
            self.Record.create({"name": "a"})
            self.assertEqual(self.heard(), [])
        finally:
            hook._register_hook()
            hook._register_hook()
        self.Record.create({"name": "a"})
        self.assertEqual(len(self.heard()), 1)


class TestEventHookGate(EventHookCase):
    def test_unsubscribed_model_costs_no_query(self):
        """A write of a field nobody watches makes the same queries as without subscriptions."""
        record = self.Record.create({"name": "a"})
        self.subscribe("write", "name")
        record.write({"note": "warm"})
        self.env.flush_all()
        with self.assertQueryCount(1):
            record.write({"note": "x"})
            self.env.flush_all()

    def test_old_values_are_read_only_when_asked_for(self):
        """Nothing is read before the write of a field nobody watches."""
        record = self.Record.create({"name": "a", "picture": b"aGVsbG8="})
        self.subscribe("write", "name")
        record.write({"note": "warm"})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            record.write({"picture": b"d29ybGQ="})
            self.env.flush_all()

    def test_rolled_back_subscription_is_forgotten(self):
        """A subscription made in a savepoint that is rolled back is not heard any more."""
        savepoint = self.env.cr.savepoint()
        self.subscribe("create")
        self.Record.create({"name": "a"})
        self.assertEqual(len(self.heard()), 1)
        savepoint.close(rollback=True)
        self.Record.create({"name": "a"})
        self.assertEqual(self.heard(), [])

    def test_uncommitted_subscription_is_private(self):
        """Other transactions do not see a subscription before it is committed."""
        self.subscribe("create")
        gate = gate_of(self.env.registry)
        self.assertIn("test.event.record", gate.current(self.env))
        with self.env.registry.cursor() as cr:
            other = self.env(cr=cr)
            self.assertNotIn("test.event.record", gate.current(other))

    def test_reading_subscriptions_may_compute_fields(self):
        """A field computed while the subscriptions are read does not ask for them once more."""
        self.patch(type(self.listener), "_reads_computed_field", True)
        gate = gate_of(self.env.registry)
        gate.reset()
        with self.env.registry.cursor() as cr:
            self.assertIsInstance(gate.current(self.env(cr=cr)), dict)

    def test_subscription_does_not_reload_the_registry(self):
        """Subscribing invalidates a cache, never the registry."""
        self.subscribe("create")
        self.assertFalse(self.env.registry.registry_invalidated)
        self.assertIn("stable", self.env.registry.cache_invalidated)

    def test_request_inside_a_test_sees_its_subscription(self):
        """A cursor opened in test mode sees what the test has subscribed to."""
        self.subscribe("create")
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            gate = gate_of(self.env.registry)
            self.assertIn("test.event.record", gate.current(self.env(cr=cr)))
