"""Records on their way through workflows."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import WorkflowCase


@tagged("post_install", "-at_install")
class TestTokens(WorkflowCase):
    def test_a_new_record_starts_and_signals_move_it(self):
        """Each signal moves over one transition; the stop activity completes the instance."""
        self.flow("draft* -confirm-> sale; sale -close-> done!")
        partner = self.partners()
        self.assertEqual(self.where(partner), ["draft"])
        self.assertEqual(partner.signal_workflow("confirm"), {partner.id: False})
        self.assertEqual(self.where(partner), ["sale"])
        partner.signal_workflow("close")
        self.assertEqual((self.where(partner), self.state(partner)), (["done"], ["complete"]))

    def test_cancel_stops_everything(self):
        """The signal that reaches a stopall first is not taken by what it has removed."""
        self.flow(
            "a* -> b; a -> c; b -cancel-> k!; c -cancel-> d",
            a={"split_mode": "OR"},
            k={"kind": "stopall"},
        )
        partner = self.partners()
        self.assertEqual(self.where(partner), ["b", "c"])
        partner.signal_workflow("cancel")
        self.assertEqual((self.where(partner), self.state(partner)), (["k"], ["complete"]))
        entered = [name for _event, name, _why in self.log(partner, "move", "start")]
        self.assertEqual(entered, ["a", "b", "c", "k"])

    def test_a_join_fires_once_and_forgets_its_marks(self):
        """A second crossing of the same arrow changes nothing."""
        self.flow(
            "a* -> b; a -> c; b -b_ok-> d!; c -c_ok-> d",
            a={"split_mode": "AND"},
            d={"join_mode": "AND"},
        )
        partner = self.partners()
        partner.signal_workflow("c_ok")
        partner.signal_workflow("c_ok")
        self.assertEqual(self.where(partner), ["b"])
        self.assertEqual(len(self.instances(partner).mark_ids), 1)
        partner.signal_workflow("b_ok")
        self.assertEqual((self.where(partner), self.state(partner)), (["d"], ["complete"]))
        self.assertFalse(self.instances(partner).mark_ids)
        self.assertEqual(len(self.log(partner, "join")), 1)

    def test_an_error_undoes_the_whole_event(self):
        """What the activity wrote before it failed is gone, no mail leaves, places are named."""
        self.flow(
            "a* -go-> b!",
            b={
                "kind": "function",
                "action": "write({'ref': 'written'})\n"
                "message_post(body='hello', partner_ids=ids)\n1 / 0",
            },
        )
        partner = self.partners(email="ada@example.com")
        mails = self.env["mail.mail"].search_count([])
        message = "Test, activity b: ZeroDivisionError: division by zero"
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            partner.signal_workflow("go")
        self.assertFalse(partner.ref)
        self.assertEqual(self.where(partner), ["a"])
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual([one[0] for one in self.log(partner)], ["start"])

    def test_an_action_that_writes_on_its_own_record_leaves_one_token(self):
        """The write inside the activity is handled when the activity is at rest."""
        action = self.code_action("record.write({'ref': 'x', 'comment': 'y'})")
        self.flow(
            "a* -go-> b; b -> c",
            b={"action_id": action.id},
            edges={"b>c": {"condition": "comment"}},
        )
        partner = self.partners()
        partner.signal_workflow("go")
        self.assertEqual(self.where(partner), ["c"])
        self.assertEqual(partner.ref, "x")

    def test_a_subflow_that_finishes_at_once_tells_its_parent(self):
        """On the same record, and with the name of its stop activity."""
        child = self.flow("s* -> end!", values={"name": "Child", "on_create": False})
        parent = self.flow(
            "a* -> sub; sub -subflow.end-> done!",
            values={"name": "Parent"},
            sub={"kind": "subflow", "subflow_id": child.id},
        )
        partner = self.partners()
        self.assertEqual(self.where(partner, parent), ["done"])
        self.assertEqual(self.state(partner), ["complete", "complete"])

    def test_xor_takes_the_first_true_transition(self):
        """By sequence; a write re-evaluates what was false before."""
        self.flow(
            "a* -> b; a -> c",
            edges={
                "a>b": {"sequence": 20, "condition": "True if ref == 'go' else False"},
                "a>c": {
                    "sequence": 10,
                    "condition_domain": "[('comment', '=', False), ('ref', '!=', False)]",
                },
            },
        )
        both, none = self.partners(2)
        both.ref = "go"
        self.assertEqual((self.where(both), self.where(none)), (["c"], ["a"]))

    def test_or_takes_all_that_are_true_at_that_moment(self):
        self.flow(
            "a* -> b; a -> c; a -> d",
            a={"split_mode": "OR"},
            edges={
                "a>b": {"condition": "ref"},
                "a>c": {"condition": "ref"},
                "a>d": {"condition": "comment"},
            },
        )
        partner = self.partners()
        partner.ref = "go"
        self.assertEqual(self.where(partner), ["b", "c"])

    def test_an_import_starts_and_moves(self):
        """A file that creates records starts them, one that changes them lets them go on."""
        self.flow("a* -> b!", edges={"a>b": {"condition": "ref == 'x'"}})
        rows = [["__import__.one", "Ada", ""], ["__import__.two", "Bert", "x"]]
        found = self.env["res.partner"].load(["id", "name", "ref"], rows)
        self.assertFalse(found["messages"])
        ada, bert = self.env["res.partner"].browse(found["ids"])
        self.assertEqual((self.where(ada), self.where(bert)), (["a"], ["b"]))
        self.env["res.partner"].load(["id", "ref"], [["__import__.one", "x"]])
        self.assertEqual(self.where(ada), ["b"])

    def test_a_stored_recomputation_is_a_change(self):
        """The commercial name is computed from the name of the parent company."""
        self.flow("a* -> b", edges={"a>b": {"condition": "commercial_company_name == 'Renamed'"}})
        company = self.partners(is_company=True)
        person = self.env["res.partner"].create({"name": "Ada", "parent_id": company.id})
        self.assertEqual(self.where(person), ["a"])
        company.name = "Renamed"
        self.env.flush_all()
        self.assertEqual(self.where(person), ["b"])
