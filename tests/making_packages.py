"""Small packages for tests, whole and damaged.

What a package should be is said here once more, by hand: the digests, the manifests and the METS files are made
without the code that is tested. Only the containers are written by docpack's own writers, which other tools judge.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from pathlib import Path

from docpack.archive.containers import open_container
from docpack.archive.content import BytesContent

OBJID = "docpack-1"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
INFO = b"Source-Organization: Archive of Tests\nBagging-Date: 1980-01-01\n"
TAG_FILES = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-sha512.txt"]
SOURCE = "representations/source/data/in.txt"
PREMIS = "metadata/preservation/premis.xml"
NOT_YET = b"<premis/>"  # a PREMIS file that is made when all other files are known


def sha512(data: bytes) -> str:
    return hashlib.sha512(data).hexdigest()


def contents() -> dict[str, bytes]:
    """Return the files that are not METS, in the order of packing."""
    return {
        "representations/epub/data/in.epub": b"PK\3\4 not really" * 40,
        SOURCE: b"A text,\nin two lines.\n",
        "representations/tei/data/in.tei.xml": b"<TEI/>",
        "documentation/ledger.json": b'{"edits": []}',
        "metadata/descriptive/dc.xml": b"<dc><title>A text</title></dc>",
        PREMIS: NOT_YET,
    }


def premis(files: dict[str, bytes]) -> bytes:
    """Return a PREMIS file that names the contents of representations with their digests."""
    objects = "".join(
        f"<object><objectIdentifier><objectIdentifierType>relative path</objectIdentifierType>"
        f"<objectIdentifierValue>{path}</objectIdentifierValue></objectIdentifier><fixity>"
        f"<messageDigestAlgorithm>SHA-512</messageDigestAlgorithm><messageDigest>{sha512(data)}</messageDigest></fixity></object>"
        for path, data in files.items()
        if path.startswith("representations/") and "/data/" in path
    )
    return f"<premis>{objects}</premis>".encode()


def mets(files: dict[str, bytes], pointers: list[str] = [], objid: str = OBJID, head: str = "") -> bytes:  # noqa: B006  # nobody changes it
    """Return a METS file that names these files with their digests."""
    lines = "".join(
        f'<file ID="f{i}" SIZE="{len(data)}" CHECKSUMTYPE="SHA-512" CHECKSUM="{sha512(data)}">'
        f'<FLocat LOCTYPE="URL" xlink:href="{path}"/></file>'
        for i, (path, data) in enumerate(files.items())
    )
    more = "".join(f'<div><mptr LOCTYPE="URL" xlink:href="{path}"/></div>' for path in pointers)
    return (
        f'<?xml version="1.0"?>{head}<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'OBJID="{objid}"><fileSec><fileGrp>{lines}</fileGrp></fileSec><structMap>{more}</structMap></mets>'
    ).encode()


def tree(files: dict[str, bytes] | None = None, root: bytes | None = None) -> dict[str, bytes]:
    """Return a whole information package: the files, a METS for each representation, and the root METS."""
    made = dict(contents() if files is None else files)
    if made.get(PREMIS) == NOT_YET:
        made[PREMIS] = premis(made)
    names = sorted({path.split("/")[1] for path in made if path.startswith("representations/")})
    for name in names:
        folder = f"representations/{name}/"
        own = {path.removeprefix(folder): data for path, data in made.items() if path.startswith(folder)}
        made[f"{folder}METS.xml"] = mets(own, objid=name)
    outer = {p: d for p, d in made.items() if not p.startswith("representations/") or p.endswith("/METS.xml")}
    made["METS.xml"] = mets(outer, [f"representations/{name}/METS.xml" for name in names]) if root is None else root
    return made


def manifest(algorithm: str, files: dict[str, bytes]) -> bytes:
    return "".join(f"{hashlib.new(algorithm, files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()


def bag(payload: dict[str, bytes] | None = None, tags: dict[str, bytes | None] | None = None) -> dict[str, bytes]:
    """Return the files of a bag, in order.

    Args:
        payload: The information package; by default a whole one.
        tags: Tag files that are to be others, or None for those to be left out; the tag manifests prove them all the
            same, unless they are given here too.
    """
    payload = tree() if payload is None else payload
    tags = tags or {}
    data = {f"data/{path}": content for path, content in payload.items()}
    total = sum(map(len, payload.values()))
    size = f"{total} bytes" if total < 1000 else f"{total / 1000:.1f} kB"
    made: dict[str, bytes | None] = {"bagit.txt": BAGIT, **data}
    made["bag-info.txt"] = INFO + f"Bag-Size: {size}\nPayload-Oxum: {total}.{len(data)}\n".encode()
    for algorithm in ("sha256", "sha512"):
        made[f"manifest-{algorithm}.txt"] = manifest(algorithm, data)
    made.update({path: content for path, content in tags.items() if not path.startswith("tagmanifest-")})
    proved = {p: d for p, d in made.items() if not p.startswith("data/") and d is not None}
    for algorithm in ("sha256", "sha512"):
        made[f"tagmanifest-{algorithm}.txt"] = manifest(algorithm, proved)
    made.update(tags)
    return {path: content for path, content in made.items() if content is not None}


def write(path: Path, kind: str, files: dict[str, bytes] | list[tuple[str, bytes]], objid: str = OBJID) -> Path:
    """Write files into a container, below the top folder; an empty `objid` writes the names as they are."""
    with open_container(kind, path) as sink:
        for name, data in files.items() if isinstance(files, dict) else files:
            sink.add(f"{objid}/{name}" if objid else name, BytesContent(data))
    return path


def fresh(path: Path) -> Path:
    """Return a path at which nothing is left of the last example."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return path


def tar_header(name: bytes, size: int = 0, kind: bytes = b"0", **fields: bytes) -> bytes:
    """Return a ustar header with a right checksum; fields are given by their offset, as `at_157=b"target"`."""
    header = bytearray(512)
    header[: len(name)] = name
    header[100:136] = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size
    header[136:148] = b"%011o\0" % 315532800
    header[156:157] = kind
    header[257:265] = b"ustar\x0000"
    for key, value in fields.items():
        start = int(key.removeprefix("at_"))
        header[start : start + len(value)] = value
    return checked(bytes(header))


def checked(header: bytes) -> bytes:
    """Return a tar header with its checksum set right."""
    total = sum(header[:148]) + 256 + sum(header[156:])
    return header[:148] + b"%06o\0 " % total + header[156:]


def tar_member(name: bytes, data: bytes = b"", kind: bytes = b"0", **fields: bytes) -> bytes:
    return tar_header(name, len(data), kind, **fields) + data + bytes(-len(data) % 512)


def pax(*records: bytes, kind: bytes = b"x") -> bytes:
    """Return an extended header of records without their lengths."""
    made = []
    for record in records:
        length = len(record) + 2
        while length != len(str(length)) + len(record) + 2:
            length = len(str(length)) + len(record) + 2
        made.append(b"%d %s\n" % (length, record))
    return tar_member(b"PaxHeaders/x", b"".join(made), kind)


def python_tar(path: Path, files: dict[str, bytes], folder: Path, tar_format: int = tarfile.PAX_FORMAT) -> Path:
    """Write a folder, and make a tar of it as other programs do: with entries for folders, owners and times."""
    write(folder, "folder", files)
    with tarfile.open(path, "w", format=tar_format) as archive:
        archive.add(folder / OBJID, OBJID)
    return path
