"""The benchmark of structure recovery, which is not part of this repository: where it lies, and its own programs."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

__all__ = ["dev_cases", "predictor", "scorer"]

_REPOSITORY = Path(__file__).resolve().parent.parent


def dev_cases() -> Path:
    """Return the folder of the cases that are open."""
    return _folder() / "dev"


def scorer() -> Any:
    """Return the module that scores predictions."""
    return _module("score")


def predictor() -> Any:
    """Return the module that makes predictions of docpack's JSON."""
    return _module("predict")


def _folder() -> Path:
    return Path(os.environ.get("DOCPACK_SHARED", _REPOSITORY.parent / "shared")) / "reflow-bench"


def _module(name: str) -> Any:
    path = _folder() / f"{name}.py"
    if not path.exists():
        raise SystemExit(f"{path} is missing; DOCPACK_SHARED names the folder that holds reflow-bench")
    spec = importlib.util.spec_from_file_location(f"reflow_bench_{name}", path)
    if not (spec and spec.loader):
        raise SystemExit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
