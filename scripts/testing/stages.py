"""The stages of ``scripts/test``: what each one prepares and runs."""

import time
from dataclasses import dataclass
from pathlib import Path

from toolkit.texts import export_texts, template_of, texts_of

from . import addons, odoo_run
from .limits import apply_baseline, load_baseline, load_toml
from .logs import AllowList
from .outcome import StageResult
from .pytest_stage import run_pytest

ROOT = addons.ROOT
CONFORMANCE = ROOT / "tests" / "conformance"


@dataclass
class Options:
    """What the command line asked for."""

    logs: Path
    allowed: AllowList
    keyword: str | None = None
    only: str | None = None
    """Name of one addon (stage ``addons``) or of one suite (stage ``conformance``)."""
    stock: bool = False
    """Run the conformance suites without our addons."""


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def pure(name: str):
    """Return the stage that runs ``tests/<name>`` with pytest."""

    def stage(env, options: Options) -> StageResult:
        say(f"{name}: pytest tests/{name}")
        return run_pytest(env, name, ROOT / "tests" / name, options.keyword, options.logs)

    return stage


def addon_tests(env, options: Options) -> StageResult:
    """Install each addon alone in a fresh copy of what it depends on, and run its tests there."""
    started = time.monotonic()
    stage = StageResult("addons")
    companions = {f"test_{name}" for name in addons.public()}
    tested = {*addons.public(), *addons.with_tests()} - companions
    names = [name for name in addons.manifests() if name in tested]
    for name in [options.only] if options.only else names:
        if name not in addons.manifests():
            stage.problems.append(f"no addon {name}; there are {', '.join(addons.manifests())}")
            continue
        one_addon(env, stage, name, options)
    stage.seconds = time.monotonic() - started
    return stage


def one_addon(env, stage: StageResult, name: str, options: Options) -> None:
    stock = addons.stock_dependencies(name)
    template = env.prepared_database("_".join(stock), stock, False)
    log = options.logs / f"addons-{name}.log"
    with odoo_run.database_copy(env, f"test_{name}", template) as database:
        say(f"addons: {name} is installed alone, on {', '.join(stock)}")
        if not odoo_run.install(
            env, stage, database, [name], log.with_suffix(".install.log"), options.allowed
        ):
            return
        check_template(env, stage, database, name, options)
        # Models that only tests need; they come after the addon has shown that it stands alone.
        companion = f"test_{name}"
        groups = [[name]]
        if companion in addons.with_tests():
            # It changes what the addon does (overrides), so the addon's own tests come first.
            groups.append([companion])
        elif companion in addons.manifests():
            groups[0].append(companion)
        for group in groups:
            run_group(env, stage, database, group, log, options)


def check_template(env, stage, database: str, name: str, options: Options) -> None:
    """Compare the template of texts an addon ships with the texts it has now."""
    shipped = template_of(name)
    if not shipped.is_file():
        return
    now = options.logs / f"addons-{name}.pot"
    export_texts(env, database, name, now, options.logs / f"addons-{name}.export.log")
    different = sorted(texts_of(now) ^ texts_of(shipped))
    if different:
        stage.problems.append(
            f"{name}: {len(different)} texts of {shipped.name} are missing or left over, such as "
            f"“{different[0]}”; scripts/translations {name} writes it anew"
        )


def run_group(env, stage, database: str, group: list[str], log: Path, options: Options) -> None:
    """Install what is missing of ``group`` and run the tests of its members."""
    log = log.with_name(f"addons-{group[-1]}.log")
    missing = [one for one in group if one.startswith("test_")]
    if missing and not odoo_run.install(
        env, stage, database, missing, log.with_suffix(".companion.log"), options.allowed
    ):
        return
    tested = [one for one in group if one in addons.with_tests()]
    if tested:
        tags = ",".join(tag(one, options.keyword) for one in tested)
        odoo_run.run_tests(env, stage, database, tags, log, options.allowed)
        count = sum(stage.executed[one] for one in tested)
        say(f"addons: {' and '.join(tested)}, {count} tests were run")


def conformance(env, options: Options) -> StageResult:
    """Run Odoo's own suites of ``suites.toml`` with our addons installed, or on stock alone."""
    started = time.monotonic()
    stage = StageResult("conformance")
    plan = load_toml(CONFORMANCE / "suites.toml", env.python)
    suites = [one for one in plan["suite"] if options.only in (None, one["name"])]
    if not suites:
        names = ", ".join(one["name"] for one in plan["suite"])
        stage.problems.append(f"no suite {options.only}; there are {names}")
        return stage
    for name, database in plan["database"].items():
        tags = [wanted for one in suites if one["database"] == name for wanted in one["tags"]]
        if tags:
            conformance_database(env, stage, name, database["modules"], tags, options)
    apply_baseline(stage, load_baseline(CONFORMANCE / "baseline.txt"))
    stage.seconds = time.monotonic() - started
    return stage


def conformance_database(
    env, stage, name: str, modules: list[str], tags: list[str], options: Options
) -> None:
    """Run the suites of one database, and nothing if our addons cannot be installed in it."""
    template = env.prepared_database(name, modules, False)
    ours = [] if options.stock else addons.public()
    log = options.logs / f"conformance-{name}.log"
    with odoo_run.database_copy(env, f"test_{name}", template) as database:
        if ours:
            say(f"conformance: installing ours beside {', '.join(modules)}")
            if not odoo_run.install(
                env, stage, database, ours, log.with_suffix(".install.log"), options.allowed
            ):
                return
        say(f"conformance: {' '.join(tags)} {'on stock' if options.stock else 'with ours'}")
        wanted = ",".join(tag(one, options.keyword) for one in tags)
        odoo_run.run_tests(env, stage, database, wanted, log, options.allowed)


def tag(wanted: str, keyword: str | None) -> str:
    """Return Odoo's test tag for ``addon`` or ``/addon:Class``, narrowed to ``Class[.method]``.

    A suite that names its class is narrowed by the method of the keyword only.
    """
    wanted = wanted if wanted.startswith("/") else f"/{wanted}"
    if not keyword:
        return wanted
    addon, _colon, named = wanted.partition(":")
    return f"{addon}:{keyword}" if not named or keyword.startswith(named) else f"{addon}:NoSuchTest"


STAGES = {
    "unit": pure("unit"),
    "toolkit": pure("toolkit"),
    "transports": pure("transports"),
    "addons": addon_tests,
    "conformance": conformance,
    "e2e": pure("e2e"),
}
NEEDS = {
    "unit": ("odoo",),
    "toolkit": ("odoo", "postgres"),
    "transports": ("odoo", "peers"),
    "addons": ("odoo", "postgres", "browser", "oca"),
    "conformance": ("odoo", "postgres", "browser", "oca"),
    "e2e": ("odoo", "postgres", "browser"),
}
