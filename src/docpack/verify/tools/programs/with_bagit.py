"""The Library of Congress's bagit on a bag in a folder."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any


def judge(path: str) -> dict[str, Any]:
    """Return whether the bag is complete and every digest is right."""
    bagit = import_module("bagit")
    logging.disable(logging.CRITICAL)
    try:
        bagit.Bag(path).validate(processes=1)
    except bagit.BagError as error:
        details = [["error", type(each).__name__, "", str(each)] for each in getattr(error, "details", ())]
        return {"clean": False, "messages": details or [["error", type(error).__name__, "", str(error)]]}
    return {"clean": True, "messages": []}
