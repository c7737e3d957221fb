"""Filters as conditions of the web client."""

import pytest

from base_automation_ext.core.client_condition import ClientConditionError, client_condition

TYPES = {
    "state": "selection",
    "name": "char",
    "active": "boolean",
    "amount": "monetary",
    "count": "integer",
    "day": "date",
    "partner_id": "many2one",
    "user_id": "many2one",
    "tag_ids": "many2many",
    "secret": "char",
    "photo": "binary",
}
#: Two records as the web client knows them.
FULL = {
    "state": "draft",
    "name": "a",
    "active": True,
    "amount": 5.0,
    "count": 3,
    "day": "2026-03-02",
    "partner_id": 7,
    "user_id": 2,
    "tag_ids": [1, 2],
    "uid": 2,
}
EMPTY = {**dict.fromkeys(TYPES, False), "amount": 0.0, "count": 0, "tag_ids": [], "uid": 2}


@pytest.mark.parametrize(
    ("text", "full", "empty"),
    [
        ("", True, True),
        ("[]", True, True),
        ("[('state', '=', 'draft')]", True, False),
        ("[('state', '!=', 'draft')]", False, True),
        ("[('state', 'in', ['sent', 'draft'])]", True, False),
        ("[('state', 'not in', ['sent', False])]", True, False),
        ("[('state', 'in', [])]", False, False),
        ("[('state', 'not in', [])]", True, True),
        ("[('name', '=', False)]", False, True),
        ("[('name', '!=', None)]", True, False),
        ("[('active', '=', True)]", True, False),
        ("[('active', '!=', True)]", False, True),
        ("[('amount', '>', 4.5), ('count', '<=', 3)]", True, False),
        ("[('count', '>', -1)]", True, True),
        ("[('count', '=', 0)]", False, True),
        ("[('day', '<', '2026-03-03')]", True, False),
        ("[('day', '>=', '2026-03-03')]", False, False),
        ("[('partner_id', '=', 7)]", True, False),
        ("[('user_id', '=', uid)]", True, False),
        ("[('tag_ids', 'in', [2, 9])]", True, False),
        ("[('tag_ids', '=', 9)]", False, False),
        ("[('tag_ids', '=', False)]", False, True),
        ("['|', ('count', '=', 9), ('state', '=', 'draft')]", True, False),
        ("['!', '&', ('count', '=', 3), ('state', '=', 'draft')]", False, True),
        (
            "['|', '&', ('count', '=', 3), ('name', '=', 'b'), '!', ('active', '=', False)]",
            True,
            False,
        ),
        ("[(1, '=', 1)]", True, True),
        ("[(0, '=', 1)]", False, False),
        ("[['name', '==', 'it\\'s']]", False, False),
    ],
)
def test_decides_as_the_filter_does(text, full, empty):
    """Python's own evaluation stands for the client's, which follows the same rules."""
    expression = client_condition(text, TYPES)
    for values, expected in ((FULL, full), (EMPTY, empty)):
        result = eval(expression, dict(values)) if expression else True
        assert bool(result) is expected, expression


@pytest.mark.parametrize(
    ("text", "reason", "what"),
    [
        ("[('state'", "syntax", ""),
        ("{}", "name", "{}"),
        ("'state'", "syntax", ""),
        ("[('state', '=')]", "syntax", ""),
        ("['&', ('state', '=', 'a')]", "syntax", ""),
        ("[('day', '<', today)]", "name", "today"),
        (
            "[('day', '<', context_today().strftime('%Y'))]",
            "name",
            "context_today().strftime('%Y')",
        ),
        ("[('partner_id.country_id', '=', 1)]", "path", "partner_id.country_id"),
        ("[('nothing', '=', 1)]", "unknown", "nothing"),
        ("[('secret', '=', 'x')]", "restricted", "secret"),
        ("[('photo', '!=', False)]", "type", "photo"),
        ("[('name', 'ilike', 'x')]", "operator", "name ilike"),
        ("[('partner_id', 'child_of', 1)]", "operator", "partner_id child_of"),
        ("[('partner_id', '=', 'Azure')]", "value", "partner_id"),
        ("[('count', '>', 'x')]", "operator", "count >"),
        ("[('state', 'in', 'draft')]", "operator", "state in"),
        ("[('state', '=', ['draft'])]", "value", "state"),
    ],
)
def test_refuses_what_the_client_cannot_decide(text, reason, what):
    with pytest.raises(ClientConditionError) as caught:
        client_condition(text, TYPES, restricted={"secret"})
    assert (caught.value.reason, caught.value.what) == (reason, what)
