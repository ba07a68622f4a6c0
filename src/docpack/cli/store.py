"""`docpack store init|add|log|get|validate|recover ROOT`: a store of packages with all their versions."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docpack.cli.messages import problem_line, say, write_stdout
from docpack.errors import ExitCode, UsageError, VerificationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from docpack.archive.ocfl.store import VersionRecord

__all__ = ["add_arguments", "run"]

# What is written anew with every package, with its time in it: a change there alone is none of the work.
_RECORDS = ("METS.xml", "metadata/preservation/", "metadata/checksum.", "manifest-sha512.txt")


def add_arguments(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Add the arguments of this command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    init = actions.add_parser("init", help="make a store in a new or empty folder")
    add = actions.add_parser("add", help="verify a package, and store it as the next version of its work")
    log = actions.add_parser("log", help="list the works in the store, or the versions of one")
    get = actions.add_parser("get", help="write a version of a work into a new folder")
    validate = actions.add_parser("validate", help="check a store, or an object in it, against OCFL 1.1")
    recover = actions.add_parser("recover", help="put right what an interrupted process left")
    for each in (init, add, log, get, validate, recover):
        each.add_argument("root", metavar="ROOT", help="the folder of the store")
        each.add_argument("--json", action="store_true", help="print the same as JSON")
    add.add_argument("package", metavar="PACKAGE", help="a tar or zip file, or a folder")
    add.add_argument("--message", default="", metavar="TEXT", help="why there is a new version")
    add.add_argument("--user", default="", metavar="NAME", help="who adds it")
    add.add_argument("--address", default="", metavar="URI", help="the user's mailto: address, ORCID or other URI")
    log.add_argument("object", nargs="?", default="", metavar="OBJECT", help="the identifier of a work")
    get.add_argument("object", metavar="OBJECT", help="the identifier of a work")
    # Not dest="version": that is the flag of the program.
    get.add_argument("--version", dest="which", default="", metavar="vN", help="which version; by default the latest")
    get.add_argument("-o", "--output", required=True, metavar="DIR", help="a new folder")
    validate.add_argument("--fast", action="store_true", help="check names and inventories only; no file is hashed")


def run(parsed: argparse.Namespace) -> int:
    """Do what the action says."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "init": _init,
        "add": _add,
        "log": _log,
        "get": _get,
        "validate": _validate,
        "recover": _recover,
    }
    return actions[parsed.action](parsed)


def _init(parsed: argparse.Namespace) -> int:
    from docpack.archive.ocfl import OcflStore

    OcflStore.create(Path(parsed.root))
    _tell(parsed, {"root": parsed.root, "standard": "OCFL 1.1"}, [f"{parsed.root}: a store, OCFL 1.1"])
    return ExitCode.OK


def _add(parsed: argparse.Namespace) -> int:
    from docpack.archive.ocfl import OcflStore
    from docpack.archive.opening import open_package
    from docpack.archive.package_check import check_opened
    from docpack.archive.package_record import object_id_of
    from docpack.clock import Clock

    if parsed.address and not parsed.user:
        raise UsageError("--address is that of the user", hint="Name the user with --user.")
    store, path = OcflStore(Path(parsed.root)), Path(parsed.package)
    with open_package(path, strict=False) as package:
        report, proved = check_opened(package)
        if not report.ok:
            for each in report.problems:
                say(problem_line(str(path), each.to_json()))
            raise VerificationError(f"{path} is not valid and was not stored", hint="Take another copy of it.")
        places = {member.path: logical for logical, member in package.tree.items()}
        object_id = object_id_of(package)
        version = store.add(
            object_id,
            package.tree,
            message=parsed.message or f"added from {path.name}",
            user=(parsed.user, parsed.address) if parsed.user else None,
            created=Clock.of_environment().moment(),
            ignore=_is_record,
            proved={places[each]: digest for each, digest in proved.items() if each in places},
            tell=say,
        )
    told = {"root": parsed.root, "object": object_id, "version": version, "changed": version is not None}
    _tell(parsed, told, [f"{object_id} {version}" if version else f"{object_id} is stored already, nothing is new"])
    return ExitCode.OK


def _is_record(path: str) -> bool:
    """Tell whether a file is a record of the package, or of one of its representations."""
    parts = path.split("/")
    inside = "/".join(parts[2:]) if parts[0] == "representations" else path
    return inside.startswith(_RECORDS)


def _log(parsed: argparse.Namespace) -> int:
    from docpack.archive.ocfl import OcflStore

    store = OcflStore(Path(parsed.root))
    if parsed.object:
        records = store.log(parsed.object)
        told: dict[str, Any] = {"object": parsed.object, "versions": [asdict(each) for each in records]}
        _tell(parsed, told, [line for each in records for line in _version(each)])
        return ExitCode.OK
    objects = list(store.objects())
    lines = [f"{each.id} {each.head}" if not each.problem else f"{each.path}: {each.problem}" for each in objects]
    _tell(parsed, {"objects": [asdict(each) for each in objects]}, lines)
    return ExitCode.VERIFICATION if any(each.problem for each in objects) else ExitCode.OK


def _version(record: VersionRecord) -> list[str]:
    by = " ".join(filter(None, (record.user, f"<{record.address}>" if record.address else "")))
    lines = [" ".join(filter(None, (record.version, record.created, by and f"{by}:", record.message)))]
    for mark, paths in (("+", record.added), ("~", record.changed), ("-", record.removed)):
        lines += [f"  {mark} {path}" for path in paths]
    return lines


def _get(parsed: argparse.Namespace) -> int:
    from docpack.archive.ocfl import OcflStore, take

    files = take(OcflStore(Path(parsed.root)).get(parsed.object, parsed.which), Path(parsed.output))
    told = {"object": parsed.object, "output": parsed.output, "files": files}
    _tell(parsed, told, [f"{parsed.output}: {files} files, all digests checked"])
    return ExitCode.OK


def _validate(parsed: argparse.Namespace) -> int:
    from docpack.archive.ocfl import validate_folder

    problems = validate_folder(Path(parsed.root), digests=not parsed.fast)
    ok = not any(each.is_error for each in problems)
    looked = "digests NOT checked" if parsed.fast else "all digests checked"
    lines = [f"{'valid' if ok else 'INVALID'}: {parsed.root}: {looked}"]
    for each in problems:
        where = f"{each.path}: " if each.path else ""
        lines.append(f"  {'error' if each.is_error else 'warning'} {each.code}: {where}{each.message}")
    told = {
        "root": parsed.root,
        "ok": ok,
        "digests_checked": not parsed.fast,
        "problems": [each.to_json() for each in problems],
    }
    _tell(parsed, told, lines)
    return ExitCode.OK if ok else ExitCode.VERIFICATION


def _recover(parsed: argparse.Namespace) -> int:
    from docpack.archive.ocfl import OcflStore

    done = OcflStore(Path(parsed.root)).recover()
    left = [each for each in done if ": left " in each]
    _tell(parsed, {"root": parsed.root, "done": done}, done or [f"{parsed.root}: nothing to recover"])
    return ExitCode.VERIFICATION if left else ExitCode.OK


def _tell(parsed: argparse.Namespace, told: dict[str, Any], lines: list[str]) -> None:
    """Print what came out, as text or as JSON; of names in a store, nothing is printed that a terminal would obey."""
    if parsed.json:
        write_stdout((json.dumps(told, indent=1) + "\n").encode())
        return
    shown = ("".join(char if char.isprintable() else "\ufffd" for char in line) for line in lines)
    write_stdout("".join(f"{line}\n" for line in shown).encode("utf-8", "backslashreplace"))
