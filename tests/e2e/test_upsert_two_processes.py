"""``object_upsert`` in two processes at once: one record per key, whoever comes first."""

import psycopg2
import pytest
from harness.ledger import Ledger
from harness.meeting import Meeting

ROUNDS = 50
CONTROL_ROUNDS = 3
_LINES = {"name": ("path", "ref"), "color": ("equation", "record.id % 11")}


def prepare(env, rounds):
    """Create the action and, for each round, two contacts whose references are the keys."""
    fields = env["ir.model.fields"]
    action = env["ir.actions.server"].create(
        {
            "name": "Tag by reference",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "state": "object_upsert",
            "crud_model_id": env["ir.model"]._get_id("res.partner.category"),
            "upsert_field_ids": [(6, 0, fields._get("res.partner.category", "name").ids)],
            "value_line_ids": [
                (
                    0,
                    0,
                    {
                        "field_id": fields._get("res.partner.category", name).id,
                        "value_type": value_type,
                        "value": value,
                    },
                )
                for name, (value_type, value) in _LINES.items()
            ],
        }
    )
    partners = env["res.partner"].create(
        [
            {"name": f"Source {number}", "ref": f"K{number}{part}"}
            for number in range(rounds)
            for part in "ab"
        ]
    )
    return {"action": action.id, "partners": partners.ids}


def upsert(env, action, partners):
    """Run the action on contacts, as a button would."""
    env["ir.actions.server"].browse(action).with_context(
        active_model="res.partner", active_ids=partners, active_id=partners[0]
    ).run()


def race(env, who, action, partners, folder, ledger, locked):
    """Upsert two keys per round, starting together with the other process each time.

    The snapshot of the first attempt is taken before the other process can have created anything:
    the worst case, in which neither can see what the other one does.
    """
    from odoo.api import Environment

    if not locked:
        type(env["server.action.upsert.lock"])._take = lambda self, key_hashes: None
    for number in range(len(partners) // 2):
        pair = partners[2 * number : 2 * number + 2]
        # In opposite order, which would be a deadlock if keys were taken as they come.
        pair = pair if who == "first" else pair[::-1]
        attempts = 0
        while True:
            attempts += 1
            with env.registry.cursor() as cr:
                try:
                    cr.execute("SELECT count(*) FROM res_partner_category")
                    if attempts == 1:
                        Meeting(folder).barrier(f"round {number}", parties=2)
                    upsert(Environment(cr, env.uid, {}), action, pair)
                    cr.commit()
                    break
                except psycopg2.OperationalError as error:
                    Ledger(ledger).append(refused=error.pgcode, round=number, who=who)
                    cr.rollback()
        Ledger(ledger).append(done=who, round=number, attempts=attempts)


def count_by_key(env):
    """Return how many records each key has."""
    groups = env["res.partner.category"]._read_group(
        [("name", "=like", "K%")], ["name"], ["__count"]
    )
    return dict(groups)


@pytest.fixture
def both(in_odoo, meeting, ledger):
    """Run ``race`` in two processes; return how many records each key has."""

    def run(rounds, locked):
        prepared = in_odoo(prepare, rounds=rounds).result()
        processes = [
            in_odoo(
                race,
                who=who,
                folder=str(meeting.folder),
                ledger=str(ledger.path),
                locked=locked,
                **prepared,
            )
            for who in ("first", "second")
        ]
        for process in processes:
            process.result(timeout_seconds=240)
        return in_odoo(count_by_key).result()

    return run


def test_two_processes_create_one_record_per_key(both, ledger):
    """Fifty rounds, started together with old snapshots: never two records, never a deadlock."""
    counts = both(ROUNDS, locked=True)
    assert counts == {f"K{number}{part}": 1 for number in range(ROUNDS) for part in "ab"}

    lines = ledger.lines()
    assert len([line for line in lines if "done" in line]) == 2 * ROUNDS
    # In each round one of the two cannot know what the other has created, and is told so.
    refused = [line for line in lines if "refused" in line]
    assert {line["refused"] for line in refused} == {"40001"}
    assert {line["round"] for line in refused} == set(range(ROUNDS))


def test_without_the_keys_there_would_be_two_records(both):
    """The race is real: the same rounds without the lock end with duplicates."""
    counts = both(CONTROL_ROUNDS, locked=False)
    assert set(counts.values()) == {2}
