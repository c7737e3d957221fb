"""`scripts/new-type`, and what every action type of the suite must have."""

import py_compile
import shutil
import sys
from pathlib import Path
from xml.dom import minidom

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from scaffold import types  # noqa: E402 - scripts/ is no package
from scaffold.writer import ScaffoldError, write_type  # noqa: E402

ENGINE = "server_action_engine"


@pytest.fixture
def copy(tmp_path):
    """A copy of the engine's source, to write into."""
    shutil.copytree(ROOT / ENGINE, tmp_path / ENGINE, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize("action_type", types.action_types(ROOT), ids=lambda one: one.key)
def test_every_type_has_what_a_type_needs(action_type):
    """File, import, runner, warning, removal, card, view and test."""
    assert types.problems(action_type, ROOT) == []


def test_types_are_found():
    """The search that feeds the other tests finds the engine's types."""
    keys = {one.key for one in types.action_types(ROOT)}
    assert {"client", "dummy", "loop", "branch", "object_upsert"} <= keys


def test_table_of_types_is_current():
    """docs/types.md is what `scripts/new-type --table` writes."""
    assert (ROOT / "docs" / "types.md").read_text() == types.table(ROOT)


def test_new_type_lacks_nothing(copy):
    """What is written compiles, is well-formed and passes the check of types."""
    written = write_type(copy, ENGINE, "wait_for", "Wait For")
    for path in written:
        if path.suffix == ".py":
            py_compile.compile(str(path), doraise=True)
        else:
            minidom.parse(str(path))
    found = {one.key: one for one in types.action_types(copy)}
    assert found["wait_for"].label == "Wait For"
    assert types.problems(found["wait_for"], copy) == []


def test_new_type_starts_with_a_failing_test(copy):
    """The test of the new type cannot be forgotten."""
    write_type(copy, ENGINE, "wait", "Wait")
    assert "self.fail(" in (copy / ENGINE / "tests" / "test_type_wait.py").read_text()


def test_incomplete_type_is_reported(copy):
    """A type without its view, test and import lacks exactly these."""
    view, test = write_type(copy, ENGINE, "wait", "Wait")[1:3]
    view.unlink()
    test.unlink()
    init = copy / ENGINE / "models" / "__init__.py"
    init.write_text(init.read_text().replace("from . import ir_actions_server_wait\n", ""))
    wait = next(one for one in types.action_types(copy) if one.key == "wait")
    assert types.problems(wait, copy) == [
        "wait: models/__init__.py does not import it",
        "wait: no view of the manifest shows anything for it",
        "wait: tests/ imports neither test_type_wait nor test_wait",
    ]


@pytest.mark.parametrize(
    ("key", "label", "addon", "message"),
    [
        ("Wait", "Wait", ENGINE, "no name for a type"),
        ("dummy", "Dummy", ENGINE, "already there"),
        ("wait", 'Say "hi"', ENGINE, "may not contain"),
        ("wait", "Wait", "nowhere", "no addon nowhere"),
    ],
)
def test_what_cannot_be_written_is_refused(copy, key, label, addon, message):
    """Nothing is written, and the reason is named."""
    before = sorted(copy.rglob("*"))
    with pytest.raises(ScaffoldError, match=message):
        write_type(copy, addon, key, label)
    assert sorted(copy.rglob("*")) == before
