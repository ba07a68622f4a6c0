"""Siegfried, as the extension module pygfried: which format of PRONOM a file has."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def judge(path: str) -> dict[str, Any]:
    """Return the keys it found, each with what it rests on."""
    found = import_module("pygfried").identify(path, detailed=True)
    messages = [
        ["info", match["id"], "", f"{match['format']} {match['version']}".strip() + f"; {match['basis']}"]
        for file in found["files"]
        for match in file["matches"]
    ]
    signatures = "; ".join(each["details"] for each in found["identifiers"])
    return {"clean": True, "messages": messages, "version": found["siegfried"], "profile": signatures}
