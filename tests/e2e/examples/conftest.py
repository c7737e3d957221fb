"""One company for all examples: its server and mail server, an author of rules, and users."""

import re
import sys
import uuid
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from company import Company
from harness.server import OdooServer
from harness.smtp_server import SmtpServer
from testing.addons import public
from testing.logs import AllowList, findings

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def company(env, tmp_path_factory):
    """The company. Afterwards Odoo's log must hold nothing its tests did not announce."""
    template = env.prepared_database("examples", [*public(), "test_automation_examples"], False)
    database = f"e2e_examples_{uuid.uuid4().hex[:8]}"
    env.create_database(database, template)
    folder = tmp_path_factory.mktemp("examples")
    smtp = SmtpServer().start()
    server = OdooServer(env, folder, database)
    try:
        company = Company(server.start(), smtp)
        yield company
        server.stop()
        allowed = AllowList.load(TESTS / "log_allowlist.txt")
        unannounced = [
            record.text
            for record in findings(server.log, allowed)
            if not any(re.search(one, record.text) for one in company.announced)
        ]
        assert not unannounced, "not announced in Odoo's log:\n" + "\n".join(unannounced)
    finally:
        server.kill()
        smtp.stop()
        env.drop_database(database)


@pytest.fixture(autouse=True)
def no_rule_is_left(company):
    """Take the rules of a test away after it."""
    yield
    company.remove_rules()
