"""Large files go to the disk while they are written, and a disk that does not take them is told of."""

from __future__ import annotations

import errno
import os
import threading

import pytest

from docpack.archive import durable

PIECE = bytes(1 << 20)


@pytest.fixture
def sync_often(monkeypatch):
    monkeypatch.setattr(durable, "_SYNC_EVERY_BYTES", len(PIECE))


def test_a_large_file_is_synced_while_it_is_written(tmp_path, monkeypatch, sync_often):
    threads = []
    monkeypatch.setattr(os, "fsync", lambda _: threads.append(threading.current_thread()))

    with durable.open_steadily(tmp_path / "a.tar") as file:
        for _ in range(3):
            file.write(PIECE)

    assert threads
    assert threading.main_thread() not in threads
    assert (tmp_path / "a.tar").read_bytes() == 3 * PIECE


def test_a_small_file_is_left_to_the_last_sync(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: pytest.fail("too early"))

    with durable.open_steadily(tmp_path / "a.tar") as file:
        file.write(PIECE)


def test_a_disk_that_did_not_take_it_is_told_of(tmp_path, monkeypatch, sync_often):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    file = durable.open_steadily(tmp_path / "a.tar")

    with pytest.raises(OSError, match="Input/output error"), file:
        file.write(PIECE)

    assert file.closed


def test_a_file_that_exists_is_not_touched(tmp_path):
    (tmp_path / "a.tar").write_text("mine")

    with pytest.raises(FileExistsError):
        durable.open_steadily(tmp_path / "a.tar")

    assert (tmp_path / "a.tar").read_text() == "mine"
