"""Writing a BagIt bag in a single pass.

Spec:
    RFC 8493, The BagIt File Packaging Format (V1.0).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from docpack.archive.bag_info import human_size, payload_oxum, render
from docpack.archive.content import BytesContent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docpack.archive.containers import ContainerWriter
    from docpack.archive.content import Content, Digests

__all__ = ["ALGORITHMS", "BAGIT_TXT", "BagWriter", "encode_path", "render_manifest"]

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
# Two, so that a bag outlives either; RFC 8493 section 2.4 asks for SHA-512, and more tools know SHA-256.
ALGORITHMS = ("sha256", "sha512")


class BagWriter:
    """Writes a bag into a container: `bagit.txt`, the payload as it comes, and with `close` the rest."""

    def __init__(self, sink: ContainerWriter, objid: str) -> None:
        self._sink = sink
        self._objid = objid
        self._payload: dict[str, Digests] = {}
        self._tags: dict[str, Digests] = {}
        self._add_tag("bagit.txt", BAGIT_TXT)

    def add(self, path: str, content: Content) -> Digests:
        """Write one file of the payload; its path is given without the bag's name and without `data/`.

        Raises:
            ValueError: The path stands twice.
        """
        name = f"data/{path}"
        if name in self._payload:
            raise ValueError(f"the bag would hold two files named {path}")
        digests = self._payload[name] = self._sink.add(f"{self._objid}/{name}", content)
        return digests

    def close(self, info: Iterable[tuple[str, str]]) -> None:
        """Write `bag-info.txt` with these fields and those that docpack computes, and the manifests.

        The container stays open.
        """
        sizes = [each.size_bytes for each in self._payload.values()]
        computed = [("Bag-Size", human_size(sum(sizes))), ("Payload-Oxum", payload_oxum(sizes))]
        self._add_tag("bag-info.txt", render([*info, *computed]))
        for algorithm in ALGORITHMS:
            self._add_tag(f"manifest-{algorithm}.txt", render_manifest(algorithm, _hex(algorithm, self._payload)))
        covered = dict(self._tags)
        for algorithm in ALGORITHMS:
            self._add_tag(f"tagmanifest-{algorithm}.txt", render_manifest(algorithm, _hex(algorithm, covered)))

    def _add_tag(self, name: str, data: bytes) -> None:
        self._tags[name] = self._sink.add(f"{self._objid}/{name}", BytesContent(data))


def render_manifest(algorithm: str, digests: Mapping[str, str]) -> bytes:
    """Return a manifest: a line for each path, sorted by it."""
    assert all(len(each) == 2 * hashlib.new(algorithm).digest_size for each in digests.values())
    return "".join(f"{digests[path]}  {encode_path(path)}\n" for path in sorted(digests)).encode()


def encode_path(path: str) -> str:
    """Return a path as it stands in a manifest.

    >>> encode_path("data/100%.txt")
    'data/100%25.txt'
    """
    # CR, LF and "%" are percent-encoded in a manifest path, and nothing else: RFC 8493, section 2.1.3.
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _hex(algorithm: str, digests: Mapping[str, Digests]) -> dict[str, str]:
    return {path: each.sha256 if algorithm == "sha256" else each.sha512 for path, each in digests.items()}
