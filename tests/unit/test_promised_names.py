"""Names that data files and scripts of users rely on, and the answers to stock's defects."""

import ast
import re

import pure_addons
import pytest

ROOT = pure_addons.ROOT
ENGINE = ROOT / "server_action_engine"
MAIL = ROOT / "smtp_mail_action"
SMS = ROOT / "sms_action"

TYPES = "client dummy loop branch object_upsert email".split()
FIELDS = """
    condition condition_domain code_scope client_action_id dummy_message loop_expression
    loop_action_id branch_condition branch_then_id branch_else_id value_line_ids write_expression
    record_field_id upsert_field_ids on_error fallback_action_id retry_max retry_delay_seconds
    retry_factor retry_max_delay_seconds execution delay_number delay_unit run_as run_as_user_id
    log_level
    email_to email_cc email_bcc email_reply_to email_subject email_message email_format
    email_template_id email_server_id email_report_ids email_attachment_path
    sms_to sms_text sms_gateway_id sms_sender sms_partner_ids sms_max_parts
""".split()
#: Field of ``ir.actions.server`` or ``server.action.value`` → its values.
VALUES = {
    "code_scope": "record batch",
    "on_error": "block isolate retry fallback",
    "execution": "now task",
    "run_as": "stock trigger_user user",
    "log_level": "off failures all",
    "email_format": "text html qweb",
    "email_on_missing": "skip fail",
    "sms_on_missing": "skip fail",
    "value_type": "value equation template path reference sequence",
}
OTHER_MODELS = {
    "server.action.value": "action_id field_id value_type value",
    "server.action.run": "reason condition_text records_left_out error_type error_message "
    "traceback",
    "server.action.step": "",
    "server.action.task": "",
}
DEFECTS = [
    *(f"X{number}" for number in range(1, 25)),
    *(f"P{number}" for number in range(1, 8)),
    *("K1", "K3", "K4", "K5", "K9"),
]


def fields_by_model():
    """Return model → field name → the call that makes the field, from the source text."""
    found = {}
    for path in [
        *(ENGINE / "models").glob("*.py"),
        *(MAIL / "models").glob("*email*.py"),
        *(SMS / "models").glob("ir_actions_server_sms*.py"),
    ]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                constants = assignments(node)
                for name in names_of(constants):
                    found.setdefault(name, {}).update(constants)
    return found


def names_of(constants):
    """Return the models a class creates or extends."""
    sources = [constants[key] for key in ("_name", "_inherit") if key in constants]
    nodes = [node for source in sources for node in ast.walk(source)]
    return [node.value for node in nodes if isinstance(node, ast.Constant)]


def assignments(node):
    """Return the names a class or a module gives values to."""
    return {
        target.id: one.value
        for one in node.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }


MODELS = fields_by_model()


def selection(call):
    """Return the keys of a selection field; a constant is named after its value."""
    nodes = [pair.elts[0] for pair in call.args[0].elts]
    return [node.id.lower() if isinstance(node, ast.Name) else node.value for node in nodes]


@pytest.mark.parametrize("state", TYPES)
def test_type_keeps_its_name(state):
    """The value of ``state`` in data files."""
    file = f"models/ir_actions_server_{state}.py"
    assert (ENGINE / file).is_file() or (MAIL / file).is_file()


@pytest.mark.parametrize("name", FIELDS)
def test_field_of_actions_keeps_its_name(name):
    """A renamed field would break every data file that sets it."""
    assert name in MODELS["ir.actions.server"]


@pytest.mark.parametrize("name", VALUES)
def test_selection_keeps_its_values(name):
    """So would a renamed value."""
    fields = {**MODELS["ir.actions.server"], **MODELS["server.action.value"]}
    assert set(VALUES[name].split()) - set(selection(fields[name])) == set()


@pytest.mark.parametrize("model", OTHER_MODELS)
def test_model_keeps_its_name(model):
    """And a renamed model, or a field of it."""
    assert set(OTHER_MODELS[model].split()) - MODELS[model].keys() == set()


def test_every_defect_of_stock_has_an_answer():
    """No number is missing from the table, and what is open says why."""
    text = (ROOT / "docs" / "stock-defects.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([XPK][\d, XPK–]+) .*?\| (.+) \|$", text, re.MULTILINE)
    answers = {name: answer for names, answer in rows for name in spelled_out(names)}
    assert [name for name in DEFECTS if name not in answers] == []
    assert [name for name in DEFECTS if answers[name].strip(" .") == "open"] == []


def spelled_out(names):
    """Return ``P1–P3, P6`` as single names."""
    for part in names.split(", "):
        first, _dash, last = part.partition("–")
        for number in range(int(first[1:]), int((last or first)[1:]) + 1):
            yield f"{first[0]}{number}"
