"""An order with its invoice and its delivery, from beginning to end, in both profiles."""

import pytest
from workflow_kit.caller import Caller
from workflow_kit.documents import documents

from workflow_engine.core.constants import OPENERP, STRICT
from workflow_engine.core.events import Signal
from workflow_engine.core.validation import problems


class Office(Caller):
    """Actions create the documents they name."""

    def __init__(self, profile):
        super().__init__(*documents(profile))
        self.children = {
            "invoice": lambda caller, work: caller.start(2, 100 + work.res_id),
            "ship": lambda caller, work: caller.start(3, 200 + work.res_id),
        }

    def of(self, order, name):
        """Return the document a subflow of an order waits for."""
        return next(t.child for t in self.tokens(order) if self.name(t.activity) == name)


@pytest.fixture(params=[STRICT, OPENERP])
def office(request):
    return Office(request.param)


@pytest.fixture
def order(office):
    one = office.start(1, 7)
    assert office.signal(one, "confirm").accepted
    assert office.where(one) == ["invoice:running", "ship:running"]
    return one


def test_paid_and_delivered_is_done(office, order):
    invoice, delivery = office.of(order, "invoice"), office.of(order, "ship")
    office.signal(invoice, "open")
    office.conditions["open>paid"] = True
    office.step(invoice)
    assert office.where(order) == ["ship:running"]
    assert office.state(invoice) == "active"
    office.signal(delivery, "confirm")
    office.conditions["confirmed>assigned"] = True
    office.trigger(delivery)
    assert office.where(delivery) == ["assigned"]
    office.signal(delivery, "done")
    assert (office.where(order), office.state(order)) == (["done"], "complete")
    assert office.names_run().count("done") == 1
    assert office.marks(order) == {}


def test_a_cancelled_invoice_is_an_exception_that_a_person_resolves(office, order):
    office.signal(office.of(order, "invoice"), "cancel")
    assert office.where(order) == ["ship:running", "invoice_except"]
    office.signal(order, "recreate")
    assert office.where(order) == ["ship:running", "invoice:running"]
    office.signal(office.of(order, "invoice"), "cancel")
    office.signal(order, "corrected")
    assert office.where(order) == ["ship:running"]


def test_cancelling_the_order_from_an_exception_stops_the_rest(office, order):
    delivery = office.of(order, "ship")
    office.signal(office.of(order, "invoice"), "cancel")
    office.signal(order, "cancel")
    assert (office.where(order), office.state(order)) == (["cancel"], "complete")
    office.signal(delivery, "cancel")
    assert office.where(order) == ["cancel"]


def test_what_has_been_paid_can_be_opened_again(office, order):
    """The order has moved on and does not care."""
    invoice = office.of(order, "invoice")
    office.conditions["open>paid"] = lambda caller, work: work.instance not in reopened
    reopened = set()
    office.signal(invoice, "open")
    assert office.where(invoice) == ["paid"]
    reopened.add(invoice)
    office.signal(invoice, "reopen")
    assert (office.where(invoice), office.where(order)) == (["open"], ["ship:running"])


def test_a_hundred_orders_at_once(office):
    orders = [office.start(1, number) for number in range(100)]
    office.requests.clear()
    office.run([Signal(one, "confirm") for one in orders])
    assert len({type(one).__name__ for one in office.requests}) <= 3
    invoices = [office.of(one, "invoice") for one in orders]
    office.run([Signal(one, "open") for one in invoices])
    office.conditions["open>paid"] = True
    office.requests.clear()
    office.run([Signal(one, "nothing") for one in invoices])
    assert {tuple(office.where(one)) for one in orders} == {("ship:running",)}
    # Invoices, orders; the condition; before and after the action.
    assert [type(one).__name__ for one in office.requests] == [
        "Load", "Load", "AskCondition", "Apply", "RunAction", "Apply",
    ]  # fmt: skip


@pytest.mark.parametrize("profile", [STRICT, OPENERP])
def test_the_definitions_can_be_published(profile):
    """Warned of: the join of the order waits for whatever an exception cannot finish."""
    for graph in documents(profile):
        assert [one for one in problems(graph) if one.severity == "error"] == []
