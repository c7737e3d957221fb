"""Fetch Odoo 19 as Debian's package, with the sibling packages its links point at."""

from __future__ import annotations

import shutil
from pathlib import Path

from .apt import Download, PrivateApt, sha256_of, unpack
from .errors import SetupError
from .locks import cache_lock
from .odoo_tree import OdooTree, cached_tree, tree_at
from .output import note, step
from .places import cache_folder, check_space, make_folder

PACKAGE = "odoo-19"
PINNED_VERSION = "19.0.0+dfsg-1"
PINNED_SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
SUITES = ("sid", "trixie")
SIBLINGS = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-font-awesome/trixie",  # later suites carry version 7, which lacks the file names used
)
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
"""Named by the manifest of `mail`, not in the package; without it every page logs an error."""


def fetch_tree() -> OdooTree:
    """Download and unpack Odoo into the cache; another checkout's result is used."""
    with cache_lock("odoo", "fetching Odoo"):
        tree = cached_tree()
        if tree:
            return tree
        cache = make_folder(cache_folder())
        check_space(cache)
        step("Odoo 19: none found here, fetching Debian's package")
        apt = PrivateApt(make_folder(cache / "apt"), SUITES)
        apt.update()
        version, wanted = choose(apt)
        files = apt.fetch(wanted)
        check_digest(files[0], version)
        step(f"Odoo 19: unpacking {version}")
        root = _lay_out(files, cache / "odoo", version)
        shutil.rmtree(apt.folder)
        return tree_at(root, f"Debian package {version}")


def choose(apt: PrivateApt) -> tuple[str, dict[str, Download]]:
    """Return Odoo's version and what to download; Odoo comes first."""
    pinned = f"{PACKAGE}={PINNED_VERSION}"
    wanted = apt.locate(pinned, *SIBLINGS)
    if wanted:
        return PINNED_VERSION, wanted
    odoo = accept_candidate(apt.locate(PACKAGE).get(PACKAGE), apt.signed)
    if odoo.version != PINNED_VERSION:
        note(f"the pinned {PINNED_VERSION} is gone, taking {odoo.version} by apt's signature")
    wanted = apt.locate(PACKAGE, *SIBLINGS)
    if not wanted:
        raise SetupError(
            "Debian's mirror lacks one of the packages whose files Odoo's package links to: "
            + ", ".join(SIBLINGS),
            "set ODOO_HOME to a complete Odoo 19.0 tree",
        )
    return odoo.version, wanted


def accept_candidate(odoo: Download | None, signed: bool) -> Download:
    """Return a replacement for the pinned package; refuse one absent, not 19.0, or unsigned."""
    remedy = "set ODOO_HOME to an Odoo 19.0 tree"
    if odoo is None:
        raise SetupError(f"Debian's mirror has no package {PACKAGE}", remedy)
    if not odoo.version.startswith("19.0"):
        raise SetupError(f"Debian now has {PACKAGE} {odoo.version}, which is not 19.0", remedy)
    if not signed:
        raise SetupError(
            f"the pinned {PACKAGE} {PINNED_VERSION} is gone, and this machine has no Debian "
            "keyring to check another version with",
            "install debian-archive-keyring, or " + remedy,
        )
    return odoo


def check_digest(package: Path, version: str) -> None:
    """Compare the pinned package with its pin; apt has checked any other by its signature."""
    if version == PINNED_VERSION and sha256_of(package) != PINNED_SHA256:
        package.unlink()
        raise SetupError(
            f"{package.name} is not the package that was pinned (its SHA-256 differs)",
            "run the command again; if it stays so, set ODOO_HOME to an Odoo 19.0 tree",
        )


def _lay_out(files: list[Path], folder: Path, version: str) -> Path:
    """Unpack beside the target and rename, so that a killed set-up leaves nothing half-done."""
    inside = Path("usr/lib/python3/dist-packages")
    target = folder / version
    partial = folder / f".partial-{version}"
    shutil.rmtree(partial, ignore_errors=True)
    make_folder(partial)
    for file in files:
        unpack(file, partial)
    stub = partial / inside / LEFT_OUT
    make_folder(stub.parent)
    stub.touch()
    tree_at(partial / inside, f"Debian package {version}")
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return target / inside
