"""How the tests of the command line run it: as a user does, in a process of its own."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def docpack(tmp_path):
    """Return a function that runs `docpack` in an empty folder and gives the finished process."""

    def run(*arguments, stdin=b"", env=None, **options):
        clean = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
        return subprocess.run(
            [sys.executable, "-m", "docpack", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**clean, **(env or {})},
            timeout=120,
            check=False,
            **options,
        )

    return run


@pytest.fixture
def text(tmp_path):
    """Return a small text file."""
    path = tmp_path / "in.txt"
    path.write_text("   The box was gone, and nobody spoke of it.\n   Nobody ever did.\n", encoding="utf-8")
    return path
