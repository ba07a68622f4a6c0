"""Runs one of these programs: `python runner.py NAME FILE ARGUMENT...` prints what it says of the file, as JSON.

Standard output holds that and nothing else: what libraries and the Java machine print goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys


def main() -> None:
    """Run the program, and leave without waiting for a Java machine to end."""
    result = os.dup(1)
    os.dup2(2, 1)
    name, *arguments = sys.argv[1:]
    said = importlib.import_module(name).judge(*arguments)
    with os.fdopen(result, "wb") as file:
        file.write(json.dumps({"docpack-program": 1, **said}, indent=1).encode())
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
