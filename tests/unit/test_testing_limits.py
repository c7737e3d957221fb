"""Baseline and floors: known failures pass only as they are known, and no test run may shrink."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from testing import addons
from testing.limits import apply_baseline, check_floor, load_baseline, load_toml
from testing.outcome import Outcome, StageResult, read_jsonl, read_junit

BASELINE = """\
# comment
sms:TestA.test_one | Query count more than expected | counts differ here
sms:TestA.test_two [case=1] | 1 != 2 | an extra link
"""


def stage(*outcomes):
    return StageResult("conformance", outcomes=list(outcomes))


@pytest.fixture
def baseline(tmp_path):
    path = tmp_path / "baseline.txt"
    path.write_text(BASELINE)
    return load_baseline(path)


def test_a_known_failure_does_not_fail_the_stage(baseline):
    one = Outcome("sms:TestA.test_one", "failed", "Query count more than expected: 3 > 2")
    result = stage(one)
    apply_baseline(result, baseline)

    assert result.known == [one]
    assert result.ok


def test_a_known_test_that_fails_in_another_way_fails_the_stage(baseline):
    result = stage(Outcome("sms:TestA.test_one", "error", "KeyError: 'x'"))
    apply_baseline(result, baseline)

    assert not result.ok
    assert "fails otherwise than on stock" in result.notes[0]


def test_another_subtest_of_a_known_test_fails_the_stage(baseline):
    result = stage(
        Outcome("sms:TestA.test_two [case=1]", "failed", "1 != 2"),
        Outcome("sms:TestA.test_two [case=2]", "failed", "1 != 2"),
    )
    apply_baseline(result, baseline)

    assert [one.id for one in result.failures] == ["sms:TestA.test_two [case=2]"]


def test_a_cured_entry_is_told_only_if_its_test_ran(baseline):
    result = stage(Outcome("sms:TestA.test_two", "passed"))
    apply_baseline(result, baseline)

    assert len(result.notes) == 1
    assert result.notes[0].startswith("cured: sms:TestA.test_two [case=1]")


def test_a_baseline_line_needs_three_parts(tmp_path):
    path = tmp_path / "baseline.txt"
    path.write_text("sms:TestA.test_one | no reason\n")
    with pytest.raises(ValueError, match="baseline.txt:1"):
        load_baseline(path)


def test_subtests_and_skipped_tests_do_not_count_as_executed():
    result = stage(
        Outcome("sms:TestA.test_two [case=1]", "failed"),
        Outcome("sms:TestA.test_two [case=2]", "failed"),
        Outcome("sms:TestA.test_one", "passed"),
        Outcome("sms:TestA.test_three", "skipped", "no browser"),
        Outcome("tests/unit/test_x.py::test_y", "passed"),
    )

    assert result.executed == Counter({"sms": 2, "tests/unit": 1})


def test_a_floor_that_is_not_reached_is_a_sentence():
    assert check_floor(Counter(sms=3), {"sms": 3}) == []
    assert check_floor(Counter(sms=2), {"sms": 3, "base": 1}) == [
        "only 2 tests of sms were run, the floor is 3 (tests/floors.toml)",
        "only 0 tests of base were run, the floor is 1 (tests/floors.toml)",
    ]


def test_every_addon_with_tests_and_every_suite_has_a_floor():
    """A group without one would pass although none of its tests was run."""
    tests = addons.ROOT / "tests"
    floors = load_toml(tests / "floors.toml", Path(sys.executable))
    suites = load_toml(tests / "conformance" / "suites.toml", Path(sys.executable))["suite"]
    assert set(addons.with_tests()) - floors["addons"].keys() == set()
    named = {tag.strip("/").partition(":")[0] for suite in suites for tag in suite["tags"]}
    assert named - floors["conformance"].keys() == set()


def test_outcomes_of_both_runners_are_read(tmp_path):
    (tmp_path / "odoo.jsonl").write_text(
        '{"id": "sms:TestA.test_one", "outcome": "error", "detail": "KeyError", "seconds": 0.5}\n'
    )
    (tmp_path / "pytest.xml").write_text(
        '<testsuites><testsuite><testcase classname="tests.unit.test_x" name="test_y[1]" '
        'file="tests/unit/test_x.py" time="0.25"><failure message="assert 1">more</failure>'
        '</testcase><testcase classname="tests.unit.test_x" name="test_z" time="0"/>'
        "</testsuite></testsuites>"
    )

    assert read_jsonl(tmp_path / "odoo.jsonl") == [
        Outcome("sms:TestA.test_one", "error", "KeyError", 0.5)
    ]
    failed, passed = read_junit(tmp_path / "pytest.xml")
    assert failed == Outcome("tests/unit/test_x.py::test_y[1]", "failed", "assert 1\nmore", 0.25)
    assert (passed.group, passed.outcome) == ("tests/unit", "passed")
    assert read_jsonl(tmp_path / "none.jsonl") == read_junit(tmp_path / "none.xml") == []
