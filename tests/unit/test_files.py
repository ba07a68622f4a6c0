"""Files that are written aside, and the digests by which they are told."""

from __future__ import annotations

import hashlib

import pytest

from docpack.files import NewFile, sha256_of


@pytest.mark.parametrize("durable", [True, False])
def test_a_new_file_takes_its_name_whole_and_makes_its_folder(tmp_path, durable):
    path = tmp_path / "made" / "a"

    with NewFile(path, durable=durable) as file:
        file.write(b"new")
        assert not path.exists()

    assert path.read_bytes() == b"new"
    assert [each.name for each in path.parent.iterdir()] == ["a"]


def test_a_file_is_as_it_was_when_writing_another_in_its_place_fails(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    with pytest.raises(TypeError), NewFile(path) as file:
        file.writelines([b"new", "no octets"])

    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_file_that_cannot_take_its_name_leaves_nothing(tmp_path):
    file = NewFile(tmp_path / "a")
    (tmp_path / "a").mkdir()

    with pytest.raises(OSError):
        file.publish()

    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_folder_is_not_replaced(tmp_path):
    with pytest.raises(IsADirectoryError):
        NewFile(tmp_path)


def test_the_digest_of_a_file_is_none_where_it_is_not_the_one_that_is_meant(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()

    assert sha256_of(str(tmp_path / "a")) == sha256_of(str(tmp_path / "a"), 3) == digest
    assert not sha256_of(str(tmp_path / "a"), 4)
    assert not sha256_of(str(tmp_path / "b"))
    assert not sha256_of(str(tmp_path))
