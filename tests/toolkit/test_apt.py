"""What apt prints, and which package is accepted."""

import pytest
from toolkit.apt import Download, PrivateApt, bare_name, parse_uris, pick_mirror, sha256_of
from toolkit.errors import SetupError
from toolkit.odoo_package import (
    PINNED_SHA256,
    PINNED_VERSION,
    accept_candidate,
    check_digest,
)
from toolkit.ports import free_port

URIS = """\
'http://mirror.test/debian/pool/main/o/odoo/odoo-19_19.0.0%2bdfsg-1_all.deb' \
odoo-19_19.0.0+dfsg-1_all.deb 122999888 SHA256:9d2f598b
'http://mirror.test/debian/pool/main/f/fonts/fonts-roboto-unhinted_3.016-1_all.deb' \
fonts-roboto-unhinted_2%3a3.016-1_all.deb 2512000 SHA256:00ff
"""


def candidate(version):
    return Download("http://mirror.test/x.deb", f"odoo-19_{version}_all.deb", 1, "00")


def test_uris_are_parsed():
    """Name, version with its epoch, size and digest come from one line each."""
    odoo, fonts = parse_uris("Reading package lists...\n" + URIS)
    assert (odoo.package, odoo.version, odoo.size) == ("odoo-19", "19.0.0+dfsg-1", 122999888)
    assert odoo.sha256 == "9d2f598b"
    assert (fonts.package, fonts.version) == ("fonts-roboto-unhinted", "2:3.016-1")


def test_messages_of_apt_are_no_packages():
    """An answer without a package gives none."""
    assert parse_uris("E: Unable to locate package odoo-19\n") == []


@pytest.mark.parametrize("package", ["odoo-19", "odoo-19=19.0.0+dfsg-1", "odoo-19/trixie"])
def test_bare_name(package):
    """A version or a suite behind the name does not belong to the name."""
    assert bare_name(package) == "odoo-19"


@pytest.mark.parametrize(
    ("targets", "mirror"),
    [
        ("http://m.test/debian-security/\nhttp://m.test/debian/\n", "http://m.test/debian/"),
        ("https://m.test/pub/debian\n", "https://m.test/pub/debian/"),
        ("http://m.test/ubuntu/\n", None),
        ("", None),
    ],
    ids=["beside security", "no slash", "another distribution", "no apt sources"],
)
def test_mirror_of_the_machine(targets, mirror):
    """Debian's own archive is picked out of the machine's sources."""
    assert pick_mirror(targets) == mirror


def test_later_package_of_the_same_series_is_accepted():
    """When the pinned version is gone, another 19.0 signed by Debian will do."""
    odoo = candidate("19.0.0+dfsg-3")
    assert accept_candidate(odoo, signed=True) is odoo


@pytest.mark.parametrize(
    ("odoo", "signed", "problem"),
    [
        (None, True, "has no package odoo-19"),
        (candidate("19.1.0-1"), True, "19.1.0-1, which is not 19.0"),
        (candidate("20.0.0-1"), True, "20.0.0-1, which is not 19.0"),
        (candidate("19.0.0+dfsg-3"), False, "no Debian keyring"),
    ],
    ids=["absent", "next minor", "next major", "unsigned"],
)
def test_other_packages_are_refused(odoo, signed, problem):
    """Each refusal says why and names ODOO_HOME as the way out."""
    with pytest.raises(SetupError) as caught:
        accept_candidate(odoo, signed)
    assert problem in caught.value.problem
    assert "ODOO_HOME" in caught.value.remedy


def test_pinned_version_needs_the_pinned_digest(tmp_path):
    """A package with the pinned version and other content is removed and refused."""
    package = tmp_path / f"odoo-19_{PINNED_VERSION}_all.deb"
    package.write_bytes(b"something else")
    assert sha256_of(package) != PINNED_SHA256
    with pytest.raises(SetupError, match="SHA-256 differs"):
        check_digest(package, PINNED_VERSION)
    assert not package.exists()


def test_digest_of_a_later_version_is_left_to_apt(tmp_path):
    """Only the pinned version has a pinned digest."""
    package = tmp_path / "odoo-19_19.0.0+dfsg-3_all.deb"
    package.write_bytes(b"checked by apt")
    check_digest(package, "19.0.0+dfsg-3")
    assert package.exists()


def test_without_network_the_ways_out_are_named(tmp_path, monkeypatch):
    """Package lists that cannot be fetched are an error that names proxies and ODOO_HOME."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DEBIAN_MIRROR", f"http://127.0.0.1:{free_port()}/debian/")
    monkeypatch.setattr("toolkit.commands.LOGS", tmp_path)
    with pytest.raises(SetupError) as caught:
        PrivateApt(tmp_path / "apt", ("unstable",)).update()
    assert "apt could not fetch Debian's package lists" in caught.value.problem
    assert "network" in caught.value.remedy
    assert "ODOO_HOME" in caught.value.remedy
