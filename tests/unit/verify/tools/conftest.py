"""Tools that only pretend: scripts in a folder of tools, each of which misbehaves in its own way."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """An empty folder of tools."""
    folder = tmp_path / "tools"
    (folder / "bin").mkdir(parents=True)
    return folder


@pytest.fixture
def script(tools: Path) -> Callable[..., Path]:
    """A function that puts a shell script among the tools."""

    def write(name: str, body: str) -> Path:
        path = tools / "bin" / name
        path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def python(script: Callable[..., Path]) -> Callable[[str], Path]:
    """A function that puts an interpreter among the tools which has every package, and misbehaves when it is used."""

    def write(body: str) -> Path:
        answer = json.dumps(["9.9", "/nowhere/package/__init__.py"])
        return script("python", f'case " $* " in *" -c "*) echo \'{answer}\'; exit 0;; esac\n{body}')

    return write


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No program on the path but those of a shell script."""
    empty = tmp_path / "path"
    empty.mkdir()
    for name in ("sh", "sleep", "cat", "head", "env", "kill"):
        for folder in ("/bin", "/usr/bin"):
            if Path(folder, name).exists() and not (empty / name).exists():
                (empty / name).symlink_to(Path(folder, name))
    (empty / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(empty))
