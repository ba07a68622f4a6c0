from __future__ import annotations

import io
import zipfile

import pytest

from docpack.deterministic_zip import rezip, zip_members

MEMBERS = [("mimetype", b"application/epub+zip"), ("b/text", b"x" * 1000), ("a", b"")]
TIME_S = 1_600_000_001


def entries(data: bytes) -> list[zipfile.ZipInfo]:
    return zipfile.ZipFile(io.BytesIO(data)).infolist()


def test_members_keep_their_order_and_content():
    data = zip_members(MEMBERS, TIME_S, frozenset({"mimetype"}))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == MEMBERS


def test_the_media_type_can_be_read_at_byte_38():
    data = zip_members(MEMBERS, TIME_S, frozenset({"mimetype"}))

    assert data[30:58] == b"mimetypeapplication/epub+zip"


@pytest.mark.parametrize(
    ("timestamp_s", "expected"),
    [
        pytest.param(TIME_S, (2020, 9, 13, 12, 26, 40), id="rounded-down-to-two-seconds"),
        pytest.param(0, (1980, 1, 1, 0, 0, 0), id="before-1980"),
        pytest.param(10**11, (2107, 12, 31, 23, 59, 58), id="after-2107"),
    ],
)
def test_all_members_carry_the_given_time(timestamp_s, expected):
    data = zip_members(MEMBERS, timestamp_s)

    assert {info.date_time for info in entries(data)} == {expected}


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="two files named a"):
        zip_members([("a", b"1"), ("a", b"2")], TIME_S)


def test_rezip_leaves_no_trace_of_time_platform_or_mode():
    def archive(date: tuple[int, int, int, int, int, int], mode: int, level: int) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as made:
            made.comment = str(date).encode()
            made.mkdir("b")
            for name, content in MEMBERS:
                info = zipfile.ZipInfo(name, date)
                info.external_attr = mode << 16
                info.extra = b"\xca\xfe\x01\x00" + bytes([level])
                made.writestr(info, content, zipfile.ZIP_DEFLATED, level)
        return buffer.getvalue()

    first = rezip(archive((1999, 1, 1, 1, 1, 2), 0o600, 1), TIME_S)
    second = rezip(archive((2020, 2, 2, 2, 2, 2), 0o755, 9), TIME_S)

    assert first == second == zip_members(MEMBERS, TIME_S, frozenset({"mimetype"}))


def test_rezip_can_change_and_drop_members():
    data = rezip(
        zip_members(MEMBERS, TIME_S), TIME_S, change=lambda name, content: None if name == "a" else name.encode()
    )

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == [
            ("mimetype", b"mimetype"),
            ("b/text", b"b/text"),
        ]
