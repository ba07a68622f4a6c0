"""Finds programs, Python packages and schemas: first in the folders that the user names, then in the usual places."""

from __future__ import annotations

import json
import os
import shutil
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docpack.verify.tools.processes import execute, workplace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docpack.verdicts import Places

__all__ = ["PythonPackage", "find_file", "find_package", "find_program", "own_python", "version_said_by"]

# Where programs lie in a folder of tools: itself, a prefix, a virtual environment, an npm installation.
_PROGRAMS = (".", "bin", "venv/bin", "venv/Scripts", "Scripts", "npm/node_modules/.bin", "node_modules/.bin")
_PYTHONS = ("venv/bin/python", "bin/python", "venv/Scripts/python.exe", "Scripts/python.exe")
_DEPTH = ("", "*/", "*/*/")  # how deep a schema or an archive of classes may lie
_ASKING_S = 60.0  # for a question that takes half a second, on a machine that does much else


class PythonPackage(NamedTuple):
    """A package, and the interpreter that can import it."""

    python: str
    version: str
    folder: Path


def find_program(places: Places, *names: str) -> str:
    """Return the path of the first of some programs, or ""."""
    for name in names:
        for folder in places.tools:
            for sub in _PROGRAMS:
                path = folder / sub / name
                if path.is_file() and os.access(path, os.X_OK):
                    return str(path.absolute())
        if found := shutil.which(name):
            return found
    return ""


def find_file(places: Places, *names: str, usual: Sequence[Path] = ()) -> Path | None:
    """Return the first of some files by name, from the folders of schemas, of tools, then the usual ones; or None."""
    for folder in (*places.schemas, *places.tools, *usual):
        for name in names:
            for depth in _DEPTH:
                for path in sorted(folder.glob(depth + name)):
                    if path.is_file():
                        return path.absolute()
    return None


def own_python() -> str:
    """Return the interpreter that runs docpack, which has lxml."""
    return sys.executable


def find_package(places: Places, module: str, distribution: str) -> PythonPackage | None:
    """Return where a Python package can be imported: in an environment among the tools, or beside docpack itself."""
    for folder in places.tools:
        for sub in _PYTHONS:
            python = folder / sub
            if python.is_file() and (found := _ask(str(python.absolute()), module, distribution)):
                return found
    return _own(module, distribution)


@cache
def _own(module: str, distribution: str) -> PythonPackage | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        spec = find_spec(module)
        known = version(distribution)
    except (PackageNotFoundError, ImportError, ValueError):
        return None
    return PythonPackage(sys.executable, known, Path(spec.origin).parent) if spec and spec.origin else None


_QUESTION = """
import sys, json, importlib.util, importlib.metadata
spec = importlib.util.find_spec(sys.argv[1])
print(json.dumps([importlib.metadata.version(sys.argv[2]), spec.origin]))
"""


@cache
def _ask(python: str, module: str, distribution: str) -> PythonPackage | None:
    """Ask another interpreter for a package; what it cannot answer in JSON it has not."""
    with workplace() as folder:
        done = execute([python, "-E", "-B", "-c", _QUESTION, module, distribution], folder, _ASKING_S)
    try:
        version, origin = json.loads(done.output)
        return PythonPackage(python, str(version), Path(origin).parent)
    except (ValueError, TypeError):
        return None


@cache
def version_said_by(*command: str) -> str:
    """Return the first word with a digit and a dot, or with eight digits, that a program prints when asked for its version."""
    with workplace() as folder:
        done = execute(command, folder, _ASKING_S)
    for word in (done.output + b" " + done.errors).decode("utf-8", "replace").split():
        bare = word.strip("v,()\"'")
        if bare[:1].isdigit() and ("." in bare or (bare.isdigit() and len(bare) == len("20220510"))):
            return bare
    return ""
