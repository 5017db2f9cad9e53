"""Opening, reading by ranges, walking; compressed files; what is no log."""

import gzip
import os
import random
import threading
from pathlib import Path

import pytest
import zstandard

from crashlight.adapters.files import LocalFiles, MemoryFile, spool
from crashlight.adapters.files.local import looks_binary

TEXT = b"".join(b"line %d of a log that is long enough\n" % n for n in range(200_000))


@pytest.mark.parametrize(
    "name, pack", [("a.log", bytes), ("a.log.gz", gzip.compress), ("a.log.zst", zstandard.compress)]
)
def test_ranges_of_plain_and_compressed_files_are_the_same(tmp_path: Path, name: str, pack) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / name
    path.write_bytes(pack(TEXT))
    file = LocalFiles().open(path)
    chance = random.Random(1)
    for offset in [0, 10, len(TEXT) - 5, len(TEXT), 5, *(chance.randrange(len(TEXT)) for _ in range(20))]:
        assert file.read(offset, 1000) == TEXT[offset : offset + 1000]
    assert file.read(0, len(TEXT) + 1) == TEXT
    assert file.size() == len(TEXT)
    file.close()


def test_several_members_of_a_compressed_file_are_one_log(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    (tmp_path / "a.zst").write_bytes(zstandard.compress(b"one\n") + zstandard.compress(b"two\n"))
    for name in ("a.gz", "a.zst"):
        file = LocalFiles().open(tmp_path / name)
        assert file.read(0, 100) == b"one\ntwo\n"
        file.close()


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_cut_compressed_file_ends_where_the_damage_begins(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "a"
    path.write_bytes(pack(TEXT)[:-2000])
    file = LocalFiles().open(path)
    data = file.read(0, len(TEXT))
    assert TEXT.startswith(data)
    assert len(data) < len(TEXT)
    file.close()


def test_a_file_that_shrinks_while_open_gives_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(TEXT)
    file = LocalFiles().open(path)
    path.write_bytes(b"short")
    assert file.read(0, 100) == b"short"
    assert file.read(1000, 100) == b""
    assert file.size() == 5
    file.close()


def test_the_identity_follows_the_file_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one")
    first = LocalFiles().open(path)
    path.rename(tmp_path / "a.log.1")
    path.write_bytes(b"two")
    second = LocalFiles().open(path)
    assert first.identity != second.identity
    assert first.read(0, 3) == b"one"
    assert first.identity == LocalFiles().open(tmp_path / "a.log.1").identity


def test_what_cannot_be_opened_says_its_name(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path, Path("/dev/zero")):
        with pytest.raises(OSError) as raised:
            LocalFiles().open(path)
        assert str(path) in str(raised.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(TEXT[:100_000],))
    writer.start()
    file = LocalFiles().open(path)
    writer.join()
    assert file.read(50_000, 100) == TEXT[50_000:50_100]
    file.close()


def test_a_long_pipe_goes_to_disk(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(TEXT * 2)
    with path.open("rb") as pipe:
        file = spool(pipe)
    assert not isinstance(file, MemoryFile)
    assert file.read(len(TEXT), 100) == TEXT[:100]
    assert file.size() == 2 * len(TEXT)
    file.close()


def test_a_walk_is_sorted_and_leaves_out_what_is_no_log(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index.log").write_text("no")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.log").write_text("yes")
    (tmp_path / "a").write_text("yes")
    (tmp_path / "z.log.gz").write_bytes(gzip.compress(b"yes"))
    (tmp_path / "program").write_bytes(b"\x7fELF\x02\x01\x01\0" + bytes(range(256)) * 10)
    (tmp_path / "empty.log").write_text("")
    (tmp_path / "link.log").symlink_to(tmp_path / "a")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = [str(path.relative_to(tmp_path)) for path in LocalFiles().walk(tmp_path)]
    assert found == ["a", "empty.log", "sub/b.log", "z.log.gz"]


@pytest.mark.parametrize(
    "content, binary",
    [
        (b"plain text\n", False),
        ("äöü 世界\n".encode(), False),
        ("Traceback\n".encode("utf-16"), False),
        ("Traceback of a log\n".encode("utf-16-le") * 20, False),
        (b"\x1b[31mred\x1b[0m\n" * 50, False),
        (b"text\n" * 100 + b"\0\0\0", False),
        (bytes(range(256)) * 20, True),
        (b"%PDF-1.7 text follows", True),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\x01" * 50, True),
        (b"", False),
    ],
)
def test_binary_content_is_told_from_text(content: bytes, binary: bool) -> None:
    assert looks_binary(content) is binary


def test_a_log_with_a_hole_at_its_front_is_a_log(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    with path.open("wb") as file:
        file.seek(1 << 20)
        file.write(b"text after the hole\n" * 1000)
    assert list(LocalFiles().walk(tmp_path)) == [path]


def test_sources_are_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\n")
    files = LocalFiles()
    assert files.read_source(path) == b"x = 1\n"
    assert files.read_source(path, limit=3) is None
    assert files.read_source(tmp_path) is None
    assert files.read_source(tmp_path / "absent") is None
    assert files.read_source(Path("bad\0name")) is None
