"""`docpack formats`: what can be read and written, and which distribution brought it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from docpack.plugins import options_of, plugins

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--json", action="store_true", help="print the same as JSON, with the options of each format")


def run(parsed: argparse.Namespace) -> int:
    """Print the list."""
    rows = [_row(plugin) for plugin in plugins()]
    if parsed.json:
        sys.stdout.write(json.dumps({"formats": rows}, indent=1) + "\n")
        return 0
    for kind, title in (("reader", "reads"), ("writer", "writes")):
        sys.stdout.write(f"{title}:\n")
        for row in rows:
            if row["kind"] == kind:
                brought = f"{row['distribution']} {row['version']}"
                line = f"  {row['name']:<8} {' '.join(row['suffixes']):<16} {row['description']:<52} {brought}"
                sys.stdout.write(line.rstrip() + "\n")
    return 0


def _row(plugin: Any) -> dict[str, Any]:
    loaded = plugin.load()
    return {
        "name": plugin.name,
        "kind": plugin.kind,
        "suffixes": list(loaded.format.suffixes),
        "media_type": loaded.format.media_type,
        "description": loaded.format.description,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "options": [{"flag": o.flag, "help": o.help, "choices": list(o.choices)} for o in options_of(loaded)],
    }
