"""Stores for the tests, and what is put into them."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from docpack.archive.content import BytesContent
from docpack.archive.ocfl import OcflStore

CREATED = "2026-01-31T12:00:00Z"
DYING_WRITERS = Path(__file__).with_name("dying_writers.py")


@pytest.fixture
def store(tmp_path):
    """Return an empty store."""
    return OcflStore.create(tmp_path / "store")


@pytest.fixture
def add():
    """Return a function that stores texts by their paths as the next version of a work."""

    def do(store, files, object_id="ark:/12345/work", **options):
        tree = {path: BytesContent(text.encode()) for path, text in files.items()}
        return store.add(
            object_id, tree, **{"message": "m", "user": ("N", "mailto:n@example.org"), "created": CREATED, **options}
        )

    return do


@pytest.fixture
def three_versions(store, add):
    """Return a store with one object of three versions: one file changed, one added, one removed."""
    add(store, {"METS.xml": "1", "data/a.txt": "a", "data/b.txt": "b"})
    add(store, {"METS.xml": "2", "data/a.txt": "a", "data/b.txt": "b", "data/c.txt": "c"})
    add(store, {"METS.xml": "2", "data/a.txt": "a", "data/c.txt": "c"})
    return store


@pytest.fixture
def folder(three_versions):
    """Return the folder of that object."""
    return three_versions.root / next(three_versions.objects()).path


@pytest.fixture
def dying_writers(tmp_path):
    """Return a function that runs `dying_writers.py` and gives what it reports."""
    # In memory where that is possible: hundreds of stores, each made durable file by file, would wait for the disk.
    memory = Path("/dev/shm")  # noqa: S108  # the name is the system's

    def run(*arguments):
        with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
            done = subprocess.run(
                [sys.executable, DYING_WRITERS, arguments[0], folder, *map(str, arguments[1:])],
                capture_output=True,
                text=True,
                timeout=500,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        assert not done.stderr, done.stderr
        return json.loads(done.stdout)

    return run
