"""What a prepared database consists of, and when it must be made anew."""

import pytest
from toolkit import addons, configuration
from toolkit.errors import SetupError
from toolkit.odoo_tree import OdooTree
from toolkit.pg_server import Server


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Two addons of ours, one depending on the other, in a checkout of its own."""
    for name, depends in (("ours_a", ["mail", "base"]), ("ours_b", ["ours_a", "sms"])):
        (tmp_path / name / "models").mkdir(parents=True)
        (tmp_path / name / "tests").mkdir()
        (tmp_path / name / "__manifest__.py").write_text(repr({"name": name, "depends": depends}))
        (tmp_path / name / "models" / "one.py").write_text("x = 1\n")
    monkeypatch.setattr(addons, "ROOT", tmp_path)
    monkeypatch.setattr(addons, "TEST_ADDONS", tmp_path / "tests" / "addons")
    return tmp_path


def test_modules_are_divided_into_odoos_and_ours(checkout):
    """What ours depend on is installed with Odoo's own, so that layer survives our changes."""
    assert addons.split(["sale", "ours_b"]) == (["mail", "sale", "sms"], ["ours_a", "ours_b"])


def test_odoos_modules_alone_have_no_layer_of_ours(checkout):
    """Without an addon of ours the second part is empty."""
    assert addons.split(["sale"]) == (["sale"], [])


def test_digest_follows_what_is_installed(checkout):
    """A changed model makes another database; a changed test or another addon does not."""
    before = addons.content_digest(["ours_a"])
    (checkout / "ours_a" / "tests" / "test_one.py").write_text("assert True\n")
    (checkout / "ours_b" / "models" / "one.py").write_text("x = 3\n")
    assert addons.content_digest(["ours_a"]) == before
    (checkout / "ours_a" / "models" / "one.py").write_text("x = 2\n")
    assert addons.content_digest(["ours_a"]) != before


def test_our_addons_come_first_on_the_path(checkout, make_tree):
    """The folder of test-only addons is named only when it holds one."""
    tree = OdooTree(make_tree(), "19.0", "")
    stock = str(tree.root / "odoo" / "addons")
    assert configuration.addons_path(tree) == f"{checkout},{stock}"
    (checkout / "tests" / "addons" / "test_x").mkdir(parents=True)
    (checkout / "tests" / "addons" / "test_x" / "__manifest__.py").write_text("{}")
    assert configuration.addons_path(tree) == f"{checkout},{checkout}/tests/addons,{stock}"


@pytest.fixture
def conf(checkout, monkeypatch):
    """An odoo.conf in that checkout, and where the generated one goes."""
    monkeypatch.setattr(configuration, "SOURCE", checkout / "odoo.conf")
    monkeypatch.setattr(configuration, "GENERATED", checkout / "generated.conf")
    return checkout / "odoo.conf"


def test_generated_configuration_keeps_the_projects_options(conf, make_tree):
    """Options stay; what set-up found replaces the server, whose password is not carried over."""
    conf.write_text("[options]\nworkers = 3\ndb_host = away\ndb_password = secret\n")
    tree = OdooTree(make_tree(), "19.0", "")
    path = configuration.write_configuration(tree, Server("/run/x", 5432, "odoo"), conf.parent)
    text = path.read_text()
    assert "workers = 3\n" in text
    assert "db_host = /run/x\n" in text
    assert "http_interface = 127.0.0.1\n" in text
    assert "secret" not in text


def test_generated_configuration_is_private(conf, make_tree):
    """It may hold a password, so only its owner reads it."""
    tree = OdooTree(make_tree(), "19.0", "")
    server = Server("127.0.0.1", 5432, "odoo", "secret")
    path = configuration.write_configuration(tree, server, conf.parent)
    assert "db_password = secret\n" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


def test_broken_configuration_is_named(conf):
    """A file that is no configuration ends the command with its name."""
    conf.write_text("workers = 3\n")
    with pytest.raises(SetupError, match=r"odoo\.conf cannot be read"):
        configuration.project_options()
