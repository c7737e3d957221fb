"""A code action of 22 lines runs on one record, again and again."""

from .. import data
from ..case import Case

RUNS = 100
SOURCE = """
name = record.name or ''
words = name.split()
count = len(words)
score = 0
if count > 1:
    score += 10
if name.startswith('Bench'):
    score += 5
for word in words:
    if word.isdigit():
        score += int(word) % 7
    else:
        score += len(word)
limits = {'low': 10, 'middle': 50, 'high': 100}
level = 'none'
for key, limit in limits.items():
    if score >= limit:
        level = key
total = sum(limits.values())
share = score * 100 / total
text = '%s: %s (%d of %d)' % (name, level, score, total)
parts = [text, str(round(share, 2))]
result = ' - '.join(parts)
""".strip()


def _setup(env):
    data.action(env, "res.partner", "code", code=SOURCE, name="bench 22 lines")


def _prepare(env):
    action = env["ir.actions.server"].search([("name", "=", "bench 22 lines")], limit=1)
    partner = data.partners(env, 1)
    return action, partner, compile(SOURCE, "by hand", "exec")


def _act(env, prepared):
    action, partner, _code = prepared
    bound = action.with_context(active_model="res.partner", active_id=partner.id)
    for _run in range(RUNS):
        bound.run()


def _hand(env, prepared):
    _action, partner, code = prepared
    for _run in range(RUNS):
        exec(code, {"record": partner, "env": env})


CASES = [
    Case(
        name="code_22_lines",
        label="code action of 22 lines run on one record",
        setup=_setup,
        prepare=_prepare,
        act=_act,
        hand=_hand,
        operations=RUNS,
    )
]
