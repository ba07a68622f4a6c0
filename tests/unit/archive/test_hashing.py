"""Digests of one stream: the same on one processor and on two, whatever the pieces."""

from __future__ import annotations

import hashlib
import os
import random

import pytest

from docpack.archive.hashing import Hashes

LARGE, SMALL = 1 << 20, 1000


def new_hashes(*names):
    return Hashes({name: hashlib.new(name) for name in names})


@pytest.mark.parametrize("names", [("sha256", "sha512"), ("sha512",), ("md5", "sha1", "sha512")])
def test_pieces_of_any_size_give_the_digests_of_the_whole(names):
    chance = random.Random(2)  # noqa: S311  # no secret
    pieces = [chance.randbytes(size) for size in (LARGE, SMALL, 0, LARGE + 1, SMALL, LARGE)]
    hashes, taken = new_hashes(*names), bytearray()

    for piece in pieces:
        hashes.update(memoryview(piece), taken.extend)

    whole = b"".join(pieces)
    assert taken == whole
    assert hashes.hexdigests() == {name: hashlib.new(name, whole).hexdigest() for name in names}


def test_nothing_need_be_hashed():
    hashes = Hashes({})

    hashes.update(memoryview(bytes(LARGE)))

    assert hashes.hexdigests() == {}


def test_a_buffer_may_be_used_again_after_what_went_wrong():
    hashes, buffer = new_hashes("sha256", "sha512"), bytearray(LARGE)

    def fail(_):
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        hashes.update(memoryview(buffer), fail)

    assert hashes.hexdigests()["sha512"] == hashlib.sha512(bytes(LARGE)).hexdigest()
    buffer.append(0)  # which fails while somebody holds the buffer


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_hashes_too():
    new_hashes("sha256", "sha512").update(memoryview(bytes(LARGE)))  # the parent has its thread now

    child = os.fork()
    if not child:
        hashes = new_hashes("sha256", "sha512")
        hashes.update(memoryview(bytes(LARGE)))
        os._exit(hashes.hexdigests()["sha512"] != hashlib.sha512(bytes(LARGE)).hexdigest())

    assert os.waitpid(child, 0)[1] == 0
