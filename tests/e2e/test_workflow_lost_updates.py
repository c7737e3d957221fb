"""Two processes move different tokens of one instance, having looked before the other was done.

PostgreSQL lets the second one through the lock if the locked row itself is as it was; what it has
read of tokens and marks would then be of yesterday.
"""

from harness.meeting import Meeting


def define(env):
    """Make workflows in which two tokens, or two instances, have to find each other."""
    texts = {
        "join": ["a>b", "a>c", "b>d:one", "c>d:two"],
        "ends": ["a>b", "a>c", "b>e:one", "c>f:two"],
    }
    ids = {}
    for name, arrows in texts.items():
        workflow = env["workflow"].create({"name": name, "osv": "res.partner.category"})
        workflow.on_create = False
        acts = {}
        for letter in sorted({one for arrow in arrows for one in arrow.partition(":")[0][::2]}):
            acts[letter] = env["workflow.activity"].create(
                {
                    "name": letter,
                    "wkf_id": workflow.id,
                    "flow_start": letter == "a",
                    "flow_stop": letter in "def",
                    "split_mode": "AND" if letter == "a" else "XOR",
                    "join_mode": "AND" if letter == "d" else "XOR",
                }
            )
        for arrow in arrows:
            ends, _colon, signal = arrow.partition(":")
            env["workflow.transition"].create(
                {"act_from": acts[ends[0]].id, "act_to": acts[ends[2]].id, "signal": signal}
            )
        workflow.action_publish()
        workflow.on_create = True
        ids[name] = env["res.partner.category"].create({"name": name}).id
        workflow.on_create = False
    return ids


def send(env, record, signal, folder):
    """Send a signal in a transaction that has seen the world before the other one's commit."""
    from odoo.service.model import retrying

    record = env["res.partner.category"].browse(record)
    meeting = Meeting(folder)
    attempts = []

    def attempt():
        # The snapshot of the transaction begins here.
        record.read(["name"])
        if not attempts:
            meeting.barrier(f"{record.id} looked", parties=2)
        attempts.append(signal)
        return record.workflow_signal_report(signal)[record.id]["accepted"]

    accepted = retrying(attempt, env)
    env.cr.commit()
    return [accepted, len(attempts)]


def look(env, record):
    instance = env["workflow.instance"].search([("res_id", "=", record)])
    return [instance.state, sorted(instance.workitem_ids.act_id.mapped("name"))]


def test_two_tokens_that_move_at_once_find_each_other(in_odoo, meeting):
    """The join fires, and who ends last completes the instance."""
    ids = in_odoo(define).result()
    folder = str(meeting.folder)
    expected = {"join": ["complete", ["d"]], "ends": ["complete", ["e", "f"]]}
    for name, record in ids.items():
        both = [in_odoo(send, record=record, signal=one, folder=folder) for one in ("one", "two")]
        answers = [one.result() for one in both]
        assert [accepted for accepted, _attempts in answers] == [True, True], name
        # One of them has had to begin again.
        assert sorted(attempts for _accepted, attempts in answers) == [1, 2], name
        assert in_odoo(look, record=record).result() == expected[name], name
