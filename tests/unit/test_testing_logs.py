"""Odoo's log is read record by record, and only what is allowed passes."""

import pytest
from testing.logs import AllowList, findings, parse

LOG = """\
2026-01-02 03:04:05,678 12 INFO db odoo.addons.x.tests.test_a: Starting TestA.test_one ... 
2026-01-02 03:04:05,678 12 WARNING db odoo.addons.x.models.y: something is odd - - -
2026-01-02 03:04:05,679 12 ERROR db odoo.http: Exception during request 3 0.002 0.117
Traceback (most recent call last):
  File "x.py", line 1, in f
2026 is a year, not the start of a record
ValueError: broken 3 0.002 0.117
2026-01-02 03:04:05,680 12 ERROR db odoo.addons.x.tests.test_a: FAIL: TestA.test_one
Traceback (most recent call last):
AssertionError: 1 != 2 
2026-01-02 03:04:05,681 12 INFO ? odoo.service.server: Initiating shutdown 
"""


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "odoo.log"
    path.write_text(LOG)
    return path


def allow(tmp_path, text):
    path = tmp_path / "allowed.txt"
    path.write_text(text)
    return AllowList.load(path)


def test_a_record_holds_its_traceback_without_the_figures():
    records = list(parse(LOG.splitlines()))

    assert [record.level for record in records] == ["INFO", "WARNING", "ERROR", "ERROR", "INFO"]
    assert records[2].message == "Exception during request"
    assert records[2].lines[-1] == "ValueError: broken"
    assert len(records[2].lines) == 4


def test_findings_name_their_test_and_leave_failed_tests_to_the_result(log, tmp_path):
    found = findings(log, allow(tmp_path, ""))

    assert [(one.level, one.test) for one in found] == [
        ("WARNING", "TestA.test_one"),
        ("ERROR", "TestA.test_one"),
    ]


def test_allowed_records_pass_and_unused_entries_are_told(log, tmp_path):
    allowed = allow(
        tmp_path,
        "# comment\n\n^WARNING odoo\\.addons\\.x  # odd, but Odoo's\n"
        "^ERROR odoo\\.http: .*ValueError: broken  # matched over the lines\n^ERROR none  # gone\n",
    )

    assert findings(log, allowed) == []
    assert [entry.reason for entry in allowed.unused()] == ["gone"]


@pytest.mark.parametrize("line", ["^WARNING x", "^WARNING x  # ", "  # a reason alone"])
def test_an_allowed_line_needs_expression_and_reason(tmp_path, line):
    with pytest.raises(ValueError, match="allowed.txt:1"):
        allow(tmp_path, line + "\n")


def test_output_of_a_process_that_died_before_it_could_log_is_found(tmp_path):
    path = tmp_path / "dead.log"
    path.write_text("Traceback (most recent call last):\nImportError: no module\n")

    [record] = findings(path, allow(tmp_path, ""))
    assert "ImportError: no module" in record.text


def test_a_log_that_was_never_written_has_no_findings(tmp_path):
    assert findings(tmp_path / "none.log", allow(tmp_path, "")) == []
