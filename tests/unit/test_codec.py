"""The JSON form of the model."""

import json

import pytest
from hypothesis import given, settings

from docpack import codec
from docpack.errors import InputError
from docpack.strategies import documents
from docpack.testing import full_document


def test_every_node_survives():
    document = full_document()

    assert codec.decode(json.loads(json.dumps(codec.encode(document)))) == document


@given(documents())
@settings(max_examples=100, deadline=None)
def test_any_document_survives(document):
    assert codec.decode(json.loads(json.dumps(codec.encode(document)))) == document


def test_unknown_keys_are_left_alone():
    data = codec.encode(full_document())
    data["children"][0]["later"] = {"a": 1}

    assert codec.decode(data) == full_document()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "docpack"),
        ({"docpack": 99}, "model version 99"),
        ({"docpack": 1, "children": {}}, "children: a list"),
        ({"docpack": 1, "children": [{"type": "text", "text": "x"}]}, r"children\[0\]"),
        (
            {"docpack": 1, "children": [{"type": "paragraph", "children": [{"type": "text", "text": 7}]}]},
            r"children\[0\].children\[0\].text",
        ),
        ({"docpack": 1, "children": [{"type": "figure"}]}, "lacks a key"),
        ({"docpack": 1, "metadata": {"title": 3}}, "metadata.title"),
        ({"docpack": 1, "metadata": {"direction": "up"}}, "direction"),
        ({"docpack": 1, "media": [{"id": "m1"}]}, r"media\[0\]"),
        ({"docpack": 1, "children": [{"type": "paragraph", "children": [], "origin": 5}]}, "origin"),
    ],
)
def test_a_fault_is_named_with_its_path(data, words):
    with pytest.raises(InputError, match=words):
        codec.decode(data)
