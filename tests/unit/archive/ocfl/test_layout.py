"""Where the layout 0003 puts objects: the examples of its specification, and parameters that make no sense."""

import json

import pytest

from docpack.archive.ocfl import OcflStore
from docpack.archive.ocfl.layout import NAME, Layout, read_layout
from docpack.errors import InputError, UsageError

LONG = "abcdefghij" * 10 + "a"


@pytest.mark.parametrize(
    ("layout", "object_id", "path"),
    [
        pytest.param(Layout(), "object-01", "3c0/ff4/240/object-01", id="plain"),
        pytest.param(Layout(), "..hor/rib:le-$id", "487/326/d8c/%2e%2ehor%2frib%3ale-%24id", id="unsafe"),
        pytest.param(Layout(), "..Hor/rib:lè-$id", "373/529/21a/%2e%2eHor%2frib%3al%c3%a8-%24id", id="accent"),
        pytest.param(
            Layout(),
            LONG,
            f"5cc/73e/648/{LONG[:100]}-5cc73e648fbcff136510e330871180922ddacf193b68fdeff855683a01464220",
            id="long",
        ),
        pytest.param(
            Layout("md5", 2, 15), "object-01", "ff/75/53/44/92/48/5e/ab/b3/9f/86/35/67/28/88/object-01", id="md5"
        ),
        pytest.param(Layout("sha256", 0, 0), "object-01", "object-01", id="flat"),
    ],
)
def test_objects_lie_where_the_extension_says(layout, object_id, path):
    assert layout.path_of(object_id) == path


@pytest.mark.parametrize("object_id", ["", "\ud800"], ids=["empty", "half-a-character"])
def test_what_is_no_id_is_refused(object_id):
    with pytest.raises(UsageError):
        Layout().path_of(object_id)


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"tupleSize": 0}, id="size-0-number-3"),
        pytest.param({"tupleSize": 32, "numberOfTuples": 32}, id="more-digits-than-there-are"),
        pytest.param({"tupleSize": -1}, id="negative"),
        pytest.param({"tupleSize": True}, id="no-number"),
        pytest.param({"digestAlgorithm": "rot13"}, id="unknown-digest"),
        pytest.param({"digestAlgorithm": ["sha256"]}, id="digest-no-text"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(store, config):
    (store.root / "extensions" / NAME / "config.json").write_text(json.dumps(config))

    with pytest.raises(InputError, match="layout"):
        OcflStore(store.root)


def test_a_store_without_parameters_has_those_of_the_extension(store):
    (store.root / "extensions" / NAME / "config.json").unlink()

    assert read_layout(store.root) == Layout()


def test_a_store_of_another_layout_can_be_read_and_not_added_to(three_versions, add):
    root = three_versions.root
    (root / "ocfl_layout.json").write_text('{"extension": "0002-flat-direct-storage-layout", "description": "flat"}')
    store = OcflStore(root)

    assert [each.version for each in store.log("ark:/12345/work")] == ["v1", "v2", "v3"]
    with pytest.raises(UsageError, match="a layout that docpack does not know"):
        add(store, {"a.txt": "new"})
