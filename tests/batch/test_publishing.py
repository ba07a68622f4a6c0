"""The folder in which a run writes aside, while other runs sweep what killed ones left."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
import textwrap

import pytest

from docpack.batch import publishing
from docpack.batch.publishing import Staging, stage, sweep
from docpack.errors import OutputError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks are those of POSIX")


def published(staging, target):
    """Publish an output; return what went wrong."""
    return staging.commit([stage(str(staging.folder), "0", b"text", str(target))])


def test_a_run_that_lives_is_not_swept_and_one_that_was_killed_is(tmp_path):
    with Staging(tmp_path) as staging:
        left = tmp_path / ".docpack-batch-left"
        left.mkdir()
        (left / "lock").touch()
        (left / "1-0").write_bytes(b"half")

        assert sweep(tmp_path) == 1
        assert published(staging, tmp_path / "a") == {}

    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("dies_after", range(4))
def test_what_a_process_leaves_that_is_killed_while_it_sweeps_is_swept_by_the_next(tmp_path, monkeypatch, dies_after):
    left = Staging(tmp_path)
    for number in range(3):
        stage(str(left.folder), str(number), b"text", "")
    os.close(left._lock)
    unlink, unlinked = os.unlink, []

    def dies(path, **how):
        if len(unlinked) == dies_after:
            raise KeyboardInterrupt
        unlinked.append(path)
        unlink(path, **how)

    monkeypatch.setattr(os, "unlink", dies)
    with pytest.raises(KeyboardInterrupt):
        sweep(tmp_path)
    monkeypatch.undo()

    assert len(list(left.folder.iterdir())) == 4 - dies_after
    assert (left.folder / "lock").exists()
    assert sweep(tmp_path) == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_of_that_name_that_somebody_else_made_is_left_alone(tmp_path):
    (tmp_path / ".docpack-batch-notes").mkdir()
    (tmp_path / ".docpack-batch-notes" / "note.txt").write_text("mine")
    (tmp_path / ".docpack-batch-link").symlink_to(tmp_path / ".docpack-batch-notes")

    assert sweep(tmp_path) == 0
    assert (tmp_path / ".docpack-batch-notes" / "note.txt").read_text() == "mine"


def test_a_folder_that_is_swept_while_it_is_made_is_made_again(tmp_path, monkeypatch):
    make, swept = tempfile.mkdtemp, []

    def make_and_lose(**options):
        made = make(**options)
        if not swept:
            swept.append(sweep(tmp_path))
        return made

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose)

    with Staging(tmp_path) as staging:
        assert published(staging, tmp_path / "a") == {}
    assert swept


@pytest.mark.parametrize("held", [False, True], ids=["swept", "being-swept"])
def test_a_folder_whose_lock_another_run_took_first_is_made_again(tmp_path, monkeypatch, held):
    take, others = publishing._try_lock, []

    def lose_and_take(descriptor):
        if not others:
            others.append(None)
            if held:
                others.append(os.open(next(tmp_path.glob(".docpack-batch-*/lock")), os.O_RDWR))
                take(others[1])
            else:
                sweep(tmp_path)
        take(descriptor)

    monkeypatch.setattr(publishing, "_try_lock", lose_and_take)

    with Staging(tmp_path) as staging:
        assert published(staging, tmp_path / "a") == {}
        assert published(staging, tmp_path / "b") == {}
    if held:
        os.close(others[1])


def test_a_file_system_without_locks_is_written_to_and_not_swept(tmp_path, monkeypatch):
    def refuse(_descriptor):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(publishing, "_try_lock", refuse)

    with Staging(tmp_path) as staging:
        assert sweep(tmp_path) == 0
        assert published(staging, tmp_path / "a") == {}


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(OutputError, match="cannot be written"):
        Staging(tmp_path / "file")


def test_two_processes_that_sweep_and_write_at_once_lose_nothing(tmp_path):
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from docpack.batch.publishing import Staging, stage, sweep

        folder, name = Path(sys.argv[1]), sys.argv[2]
        sys.stdin.read(1)  # both begin at once
        for number in range(200):
            sweep(folder)
            with Staging(folder) as staging:
                failed = staging.commit([stage(str(staging.folder), "0", b"text", str(folder / f"{name}{number}"))])
                assert not failed, failed
    """)
    command = [sys.executable, "-c", program, tmp_path]
    both = [subprocess.Popen([*command, name], stdin=subprocess.PIPE, stderr=subprocess.PIPE) for name in "ab"]
    for each in both:
        each.stdin.write(b"!")
        each.stdin.flush()

    said = [each.communicate(timeout=300)[1] for each in both]

    assert [each.returncode for each in both] == [0, 0], said
    assert {each.name for each in tmp_path.iterdir()} == {f"{name}{number}" for name in "ab" for number in range(200)}
