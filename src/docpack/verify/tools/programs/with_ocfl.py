"""ocfl-py on an OCFL object or storage root.

Its own command ends with 0 for a root in which objects are broken, as long as the root itself is well formed; here
the objects are counted.
"""

from __future__ import annotations

import logging
import re
from importlib import import_module
from typing import Any

_CODED = re.compile(r"^(?:\[\[(?P<place>.*?)\]\])?\[(?P<code>[EW]\d+\w*)\] (?P<text>.*)$")


def judge(path: str) -> dict[str, Any]:
    """Return whether the object, or the root with all its objects, is valid, with every digest."""
    ocfl = import_module("ocfl")
    logging.disable(logging.CRITICAL)
    kind = ocfl.find_path_type(path)
    if kind == "object":
        clean, validator = ocfl.Object().validate(objdir=path, log_warnings=True, log_errors=True)
        return {"clean": bool(clean), "messages": _messages(str(validator))}
    if kind == "root":
        root = ocfl.StorageRoot(root=path)
        valid = root.validate(log_warnings=True, log_errors=True, max_errors=1000)
        lines = [str(root.log), *(text for _, text in root.errors or ())]
        objects = (getattr(root, "num_objects", 0), getattr(root, "good_objects", 0))
        return {"clean": bool(valid) and objects[0] == objects[1], "messages": _messages("\n".join(lines))}
    return {"clean": False, "messages": [["error", "", "", f"no OCFL object and no storage root: {kind}"]]}


def _messages(text: str) -> list[list[str]]:
    messages = []
    for line in text.splitlines():
        if match := _CODED.match(line):
            gravity = "error" if match["code"].startswith("E") else "warning"
            messages.append([gravity, match["code"], match["place"] or "", match["text"]])
    return messages
