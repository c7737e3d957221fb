"""Every addon and every action type has what an addon and an action type must have.

Text and syntax trees only: nothing of Odoo is imported, so this also covers what no test ever runs.
"""

import ast
import csv
import re
from pathlib import Path

import pure_addons
import pytest
from scaffold.types import action_types, problems, table

ROOT = pure_addons.ROOT
MOST_LINES = 500
ADDONS = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
TYPES = action_types(ROOT)
# Words that end in "s" and are singular nevertheless.
SINGULAR = re.compile(r"(ss|us|is|[^s])$")

# A core may be there before the addon around it.
FOLDERS = [ROOT / name for name in pure_addons.addon_names()]

addons = pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
folders = pytest.mark.parametrize("addon", FOLDERS, ids=lambda path: path.name)


def manifest(addon: Path) -> dict:
    return ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))


def sources(addon: Path, *folders: str) -> list[Path]:
    """Return the Python files of an addon, or of some of its folders."""
    found = (addon / folder for folder in folders) if folders else (addon,)
    return sorted(path for folder in found for path in folder.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def new_models(addon: Path) -> dict[str, tuple[Path, str]]:
    """Return the models an addon creates: name → (file, base class such as ``Model``)."""
    found = {}
    for path in sources(addon, "models", "wizards"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ClassDef) and (name := class_constant(node, "_name")):
                inherited = class_constant(node, "_inherit")
                if inherited != name:
                    found[name] = (path, ast.unparse(node.bases[0]).rpartition(".")[2])
    return found


def class_constant(node: ast.ClassDef, name: str) -> object:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return statement.value.value if isinstance(statement.value, ast.Constant) else None
    return None


def imported_modules(tree: ast.Module) -> set[str]:
    """Return the absolute names a module imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return names


def test_the_suite_has_its_four_addons():
    """The names are fixed by the users of the suite."""
    expected = {"server_action_engine", "base_automation_ext", "smtp_mail_action", "sms_action"}
    assert expected <= {addon.name for addon in ADDONS}


@addons
def test_manifest_says_what_it_must(addon):
    """Licence, version of this series, and the facts an app store shows."""
    facts = manifest(addon)
    assert facts["license"] == "LGPL-3"
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", facts["version"])
    assert facts.get("installable", True)
    for key in ("name", "summary", "author", "website", "category", "depends"):
        assert facts.get(key), f"the manifest has no {key}"


@addons
def test_manifest_lists_the_files_that_are_there(addon):
    """A view which is not listed is never loaded; a listed file that is missing stops it all."""
    facts = manifest(addon)
    listed = {*facts.get("data", []), *facts.get("demo", [])}
    folders = ("views", "security", "data", "demo", "wizards", "reports")
    there = {
        path.relative_to(addon).as_posix()
        for folder in folders
        for path in (addon / folder).rglob("*")
        if path.suffix in (".xml", ".csv")
    }
    assert sorted(there - listed) == []
    assert sorted(name for name in listed if not (addon / name).is_file()) == []


@addons
def test_addon_has_picture_text_and_build(addon):
    """What a user sees before installing, and what makes a wheel of it."""
    icon = addon / "static" / "description" / "icon.png"
    assert icon.read_bytes().startswith(b"\x89PNG")
    has_models = {path.stem for path in sources(addon, "models")} - {"__init__"}
    for name in ["DESCRIPTION.md", *(["USAGE.md"] if has_models else [])]:
        assert (addon / "readme" / name).read_text(encoding="utf-8").strip()
    assert "whool" in (addon / "pyproject.toml").read_text(encoding="utf-8")


@addons
def test_every_new_model_has_access_rights(addon):
    """A model without a row can be used by nobody, or, if abstract, needs none."""
    with (addon / "security" / "ir.model.access.csv").open(encoding="utf-8") as stream:
        ids = {row["model_id:id"].rpartition(".")[2] for row in csv.DictReader(stream)}
    wanted = {name for name, (_path, base) in new_models(addon).items() if base != "AbstractModel"}
    assert sorted(name for name in wanted if f"model_{name.replace('.', '_')}" not in ids) == []


@addons
def test_models_have_singular_names_and_files_of_their_own(addon):
    """A file creates one model at most; its lines and mixins may stand beside it."""
    files = {}
    for name, (path, base) in new_models(addon).items():
        # OpenERP named this one, and old definition files say so.
        dotted = name == "workflow" or re.fullmatch(r"[a-z]+(\.[a-z]+)+", name)
        assert dotted, f"{name} is not dotted lower case"
        assert SINGULAR.search(name), f"{name} is not singular"
        if base != "AbstractModel" and not name.endswith(".line"):
            files.setdefault(path.name, []).append(name)
    assert {file: names for file, names in files.items() if len(names) > 1} == {}


@folders
def test_no_file_is_too_long(addon):
    """A file that is longer has more than one subject."""
    found = [*addon.rglob("*.py"), *addon.rglob("*.xml"), *addon.rglob("*.js")]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in found}
    assert {str(path): n for path, n in lengths.items() if n > MOST_LINES} == {}


@addons
@pytest.mark.parametrize("folder", ["models", "wizards", "controllers", "tests"])
def test_every_module_is_imported(addon, folder):
    """Odoo finds models and tests through ``__init__``: a forgotten test file is never run."""
    package = addon / folder
    wanted = {path.stem for path in package.glob("*.py")} - {"__init__"}
    if folder == "tests":
        wanted = {name for name in wanted if name.startswith("test_")}
    if not wanted:
        return
    where = sources(addon) if folder != "tests" else [package / "__init__.py"]
    imported = set()
    for node in (node for path in where for node in ast.walk(parse(path))):
        if isinstance(node, ast.ImportFrom) and node.level:
            imported |= {alias.name for alias in node.names}
            imported |= set((node.module or "").split("."))
    assert sorted(wanted - imported) == []


@folders
def test_core_and_transports_know_nothing_of_odoo(addon):
    """The core has no clock, no chance and no I/O of its own either."""
    has_manifest = (addon / "__manifest__.py").is_file()
    others = [folder.name for folder in FOLDERS if folder != addon]
    dependencies = manifest(addon)["depends"] if has_manifest else others
    for path in sources(addon, "core", "transports"):
        names = imported_modules(parse(path))
        # The core of an addon it depends on is no Odoo, only named like a part of it.
        names -= {
            name
            for name in names
            for dependency in dependencies
            if name.startswith(f"odoo.addons.{dependency}.core.")
        }
        # Takes addresses apart, opens nothing.
        names.discard("urllib.parse")
        top = {name.partition(".")[0] for name in names}
        assert "odoo" not in top, path
        if "core" in path.relative_to(addon).parts:
            outside = {
                "os",
                "random",
                "socket",
                "subprocess",
                "requests",
                "urllib",
                "smtplib",
                "secrets",
            }
            assert not top & outside, path


@addons
def test_odoo_tests_run_after_the_install(addon):
    """Tests see the registry a user has; a class inherits the tags of a base class of ours."""
    for path in (addon / "tests").glob("*.py"):
        for node in parse(path).body:
            bases = {ast.unparse(base) for base in getattr(node, "bases", [])}
            if isinstance(node, ast.ClassDef) and bases & {"TransactionCase", "HttpCase"}:
                tags = " ".join(ast.unparse(one) for one in node.decorator_list)
                untagged_base = not tags and not has_tests(node)
                right = "'post_install'" in tags and "'-at_install'" in tags
                assert right or untagged_base, f"{path.name}: {node.name}"


def has_tests(node: ast.ClassDef) -> bool:
    return any(
        isinstance(one, ast.FunctionDef) and one.name.startswith("test_") for one in node.body
    )


@pytest.mark.parametrize("action_type", TYPES, ids=lambda one: one.key)
def test_action_type_lacks_nothing(action_type):
    """File, method, warnings, uninstall, picker card, view and tests."""
    assert problems(action_type, ROOT) == []


def test_table_of_types_is_current():
    """``scripts/new-type --table`` writes it anew."""
    assert (ROOT / "docs" / "types.md").read_text(encoding="utf-8") == table(ROOT)
