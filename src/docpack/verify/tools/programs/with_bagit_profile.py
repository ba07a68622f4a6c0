"""bagit_profile on a bag in a folder, against a profile from the disk."""

from __future__ import annotations

import json
import logging
from importlib import import_module
from pathlib import Path
from typing import Any


def judge(path: str, file: str) -> dict[str, Any]:
    """Return whether the bag keeps to the profile in `file`; its digests are not looked at."""
    bagit, bagit_profile = import_module("bagit"), import_module("bagit_profile")
    logging.disable(logging.CRITICAL)
    content = json.loads(Path(file).read_text("utf-8"))
    name = content["BagIt-Profile-Info"]["BagIt-Profile-Identifier"]
    profile = bagit_profile.Profile(name, profile=content)
    try:
        clean = bool(profile.validate(bagit.Bag(path)))
    except bagit.BagError as error:
        return {"clean": False, "messages": [["error", type(error).__name__, "", str(error)]], "profile": name}
    messages = [["error", "", "", str(getattr(each, "value", each))] for each in profile.report.errors]
    return {"clean": clean, "messages": messages, "profile": name}
