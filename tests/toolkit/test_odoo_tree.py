"""Which Odoo is used, and which is refused."""

import pytest
from toolkit.errors import SetupError
from toolkit.odoo_tree import OdooTree, cached_tree, find_tree, series_of, tree_at


def test_odoo_home_comes_first(make_tree):
    """ODOO_HOME wins over the Odoo that this Python can import."""
    root = make_tree()
    tree = find_tree({"ODOO_HOME": str(root)})
    assert (tree.root, tree.version, tree.origin) == (root, "19.0", "ODOO_HOME")


def test_importable_comes_before_the_cache(make_tree, empty_cache):
    """The tests run in an environment with Odoo, which is preferred to an unpacked package."""
    make_tree(folder="cache/odoo-automation-suite/odoo/19.0.0/usr/lib/python3/dist-packages")
    tree = find_tree({})
    assert tree.origin == "importable"
    assert cached_tree().origin == "cache, package 19.0.0"


def test_newest_package_of_the_cache_is_used(make_tree, empty_cache):
    """Of two unpacked packages the later one is taken, and other versions are passed over."""
    inside = "usr/lib/python3/dist-packages"
    for version, series in (("19.0.0-1", (19, 0)), ("19.0.0-2", (19, 0)), ("20.0", (20, 0))):
        make_tree(*series, folder=f"cache/odoo-automation-suite/odoo/{version}/{inside}")
    assert cached_tree().root == empty_cache / "odoo" / "19.0.0-2" / inside


def test_empty_cache_has_no_tree(empty_cache):
    """Nothing unpacked yet: a tree must be fetched."""
    assert cached_tree() is None


@pytest.mark.parametrize(
    ("series", "named"),
    [((18, 0), "18.0"), ((20, 0), "20.0"), (("saas~19", 1), "saas~19.1")],
    ids=["older", "newer", "saas"],
)
def test_other_versions_are_refused(make_tree, series, named):
    """ODOO_HOME with another version ends the command and says which version it found."""
    root = make_tree(*series)
    with pytest.raises(SetupError) as caught:
        find_tree({"ODOO_HOME": str(root)})
    assert f"is Odoo {named}; the suite is written for 19.0" in caught.value.problem
    assert "ODOO_HOME" in caught.value.remedy


def test_folder_without_odoo_is_refused(tmp_path):
    """ODOO_HOME with something else says what it should name."""
    with pytest.raises(SetupError) as caught:
        find_tree({"ODOO_HOME": str(tmp_path)})
    assert f"there is no Odoo in {tmp_path}" in caught.value.problem
    assert "git checkout of Odoo 19.0" in caught.value.remedy


def test_odoo_without_addons_is_refused(make_tree):
    """A bare `odoo` package from an index has no web client and cannot run the suite."""
    with pytest.raises(SetupError, match="without its addons"):
        tree_at(make_tree(addons=None), "importable")


def test_git_checkout_has_two_addons_folders(make_tree):
    """A checkout keeps most addons beside the package; both folders are on the path."""
    root = make_tree(addons="addons")
    assert OdooTree(root, "19.0", "").addons_folders == [root / "odoo" / "addons", root / "addons"]


def test_series_is_read_without_importing(tmp_path):
    """A folder without Odoo, and one with a release file that cannot be read, have no series."""
    assert series_of(tmp_path) is None
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version = 'unknown'\n")
    assert series_of(tmp_path) is None
