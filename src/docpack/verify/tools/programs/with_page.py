"""page-validation on a PDF, against some profiles."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def judge(path: str, profiles: str) -> dict[str, Any]:
    """Return what it says of each profile: `2a,ua1`."""
    page = import_module("page")
    messages = []
    clean = True
    for profile in profiles.split(","):
        try:
            report = page.validate_pdf(path, profile=profile)
        except page.ParseError as error:
            return {"clean": False, "messages": [["error", "parse", "", str(error)]]}
        except page.PageError as error:  # a limit of safety, an encrypted file: no verdict on the file
            return {"clean": False, "messages": [], "confused": f"{type(error).__name__}: {error}"}
        clean = clean and bool(report.is_compliant)
        for failure in report.failures:
            number = failure.object_id
            place = f"object {number.object_number} {number.generation}" if number else ""
            messages.append(["error", failure.rule_id, place, failure.message])
    return {"clean": clean, "messages": messages}
