"""Three timed rules: each runs once for the record that is due, to the second, and for no other."""

from datetime import timedelta

from ..evidence import read_run
from ..timeline import line, show_run
from .timed_stories import Escalation, Expiry, FollowUp

TITLE = "Three timed rules: expiring quotation, activity left open, quotation without an answer"
CRON = "base_automation_ext.ir_cron_timed_rules"
#: A scheduled action starts within a minute of its moment; here it is called at once, and waits.
LATEST = timedelta(seconds=5)


def play(session, verdict):
    """Write the rules, let their records become due, run the scheduled action, read back."""
    with session.transaction() as env:
        rules = {story: story.rule(env).id for story in (Expiry, Escalation, FollowUp)}
    for story, rule_id in rules.items():
        with session.transaction("admin") as env:
            records = story.happens(env)
            model, ids = records._name, records.ids
        with session.transaction() as env:
            story.time_passes(env[model].browse(ids))
            records = env[model].browse(ids)
            print(f"\n  event    {story.event(*records)}")
            show_plan(env, verdict, env["base.automation"].browse(rule_id), records[0])
        # Twice: what has been done is not done again.
        for _pass in range(2):
            with session.transaction() as env:
                env.ref(CRON).method_direct_trigger()
        with session.transaction() as env:
            read_back(env, verdict, story, rule_id, env[model].browse(ids))


def show_plan(env, verdict, rule, record):
    """What the rule's author is shown before: the sentence, and the moment of the record."""
    line("rule", rule.sentence)
    known = [item for page in rule._due_pages(*around_now(env), ids=[record.id]) for item in page]
    for item in known:
        line("due", f"{item.moment} UTC for {record.display_name}")
    verdict.claim(len(known) == 1, f"{record.display_name} is due once (found {len(known)})")


def around_now(env):
    """Return the moments between which the records of the stories are due."""
    now = env.cr.now()
    return now - timedelta(days=1), now + timedelta(minutes=1)


def read_back(env, verdict, story, rule_id, records):
    """The ledger, the runs, and what the actions made."""
    rule, hit = env["base.automation"].browse(rule_id), records[0]
    rows = env["base.automation.due"].search(
        [("rule_id", "=", rule_id), ("res_id", "in", records.ids)]
    )
    for row in rows:
        late = (row.fired_at - row.due_at).total_seconds()
        how = f"{late:.0f} s later" if story.is_exact else "made up for"
        line("ledger", f"{row.due_at} · {hit.display_name} · {row.state}, {how}")
    found = [(row.res_id, row.state) for row in rows]
    verdict.claim(found == [(hit.id, "done")], f"one line of the ledger, of {hit.id} ({found})")
    if story.is_exact:
        held = all(timedelta() <= row.fired_at - row.due_at <= LATEST for row in rows)
        verdict.claim(held, f"the rule ran within {LATEST} of the moment, and not before")
    runs = env["server.action.run"].search(
        [("origin_model", "=", "base.automation"), ("origin_id", "=", rule_id)]
    )
    for run in map(read_run, runs):
        show_run(run)
    counts = runs.mapped("record_count")
    verdict.claim(counts == [1], f"one run, on one record (found {counts})")
    for text, holds in story.facts(*records):
        print(f"  found    {text}" if holds else f"  MISSING  {text}")
        verdict.claim(holds, text)
    rule.active = False
