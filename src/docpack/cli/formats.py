"""`docpack formats`: what can be read, written and packed, and which distribution brought it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import write_stdout
from docpack.plugins import options_of, plugins

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

__all__ = ["add_arguments", "run"]

TITLES = {"reader": "reads", "writer": "writes", "packager": "packs as"}


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--json", action="store_true", help="print the same as JSON, with the options of each format")


def run(parsed: argparse.Namespace) -> int:
    """Print the list."""
    rows = [_row(plugin) for plugin in plugins() if plugin.kind in TITLES]
    if parsed.json:
        write_stdout((json.dumps({"formats": rows}, indent=1) + "\n").encode())
        return 0
    lines = []
    for kind, title in TITLES.items():
        lines.append(f"{title}:")
        for row in rows:
            if row["kind"] == kind:
                brought = f"{row['distribution']} {row['version']}"
                line = f"  {row['name']:<14} {' '.join(row['suffixes']):<20} {row['description']:<52} {brought}"
                lines.append(line.rstrip())
    write_stdout(("\n".join(lines) + "\n").encode())
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
