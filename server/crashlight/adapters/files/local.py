"""The files of this machine."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from crashlight.adapters.files.plain import PlainFile
from crashlight.adapters.files.spool import spool
from crashlight.ports import OpenFile

SAMPLE = 8192
COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # how gzip and Zstandard files begin
TEXT_CONTROLS = frozenset(b"\t\n\r\x08\x0b\x0c\x1b\x07\x00")
MAX_CONTROLS = 0.02  # the share of control characters above which content is binary
SKIPPED_FOLDERS = {".git"}


class LocalFiles:
    """Reads only. Compressed files are told by their content and read as what is in them."""

    def open(self, path: Path) -> OpenFile:
        """Raises OSError with the path in it; a folder and a device are errors, a pipe is read to its end."""
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            kind = os.fstat(descriptor).st_mode
            if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
                with os.fdopen(os.dup(descriptor), "rb") as pipe:
                    return spool(pipe)
            if stat.S_ISDIR(kind):
                raise IsADirectoryError(21, "is a folder", str(path))
            if not stat.S_ISREG(kind):
                raise OSError(22, "is not a regular file", str(path))
            head = PlainFile(os.dup(descriptor))
            try:
                compressed = head.read(0, 4).startswith(COMPRESSED)
            finally:
                head.close()
            kept, descriptor = descriptor, -1
            return _compressed(kept) if compressed else PlainFile(kept)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def walk(self, root: Path) -> Iterator[Path]:
        """Sorted, so that a run tells the same in the same order. Folders that cannot be read are passed over."""
        try:
            with os.scandir(root) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in found:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS:
                    yield from self.walk(path)
            elif entry.is_file(follow_symlinks=False) and not _is_binary(path):
                yield path

    def read_source(self, path: Path, limit: int = 4_000_000) -> bytes | None:
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError):
            return None
        file = PlainFile(descriptor)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
                return None
            data = file.read(0, limit + 1)
            return data if len(data) <= limit else None
        except OSError:
            return None
        finally:
            file.close()


def _compressed(descriptor: int) -> OpenFile:
    from crashlight.adapters.files.compressed import CompressedFile

    return CompressedFile(descriptor)


def _is_binary(path: Path) -> bool:
    """Whether a sample looks like no text. What cannot be read is no binary: opening it will say why."""
    try:
        with path.open("rb", buffering=0) as file:
            sample = file.read(SAMPLE)
            if sample and not sample.strip(b"\0"):
                # A log that was truncated under a writer begins with a hole.
                file.seek(-min(SAMPLE, file.seek(0, os.SEEK_END)), os.SEEK_END)
                sample = file.read(SAMPLE)
    except OSError:
        return False
    return not sample.startswith(COMPRESSED) and looks_binary(sample)


def looks_binary(sample: bytes) -> bool:
    """Whether bytes are no log. UTF-16 is text; so are NULs as long as there are few."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return False
    if sample.startswith((b"%PDF-", b"\x7fELF", b"MZ\x90\0", b"PK\x03\x04", b"SQLite format 3\0")):
        return True
    wrong = sum(1 for byte in sample if byte < 32 and byte not in TEXT_CONTROLS)
    nulls = sample.count(0)
    wide = nulls > len(sample) // 3 and sample.strip(b"\0") != b"" and _is_wide(sample)
    return wrong > MAX_CONTROLS * len(sample) or (nulls > len(sample) // 10 and not wide)


def _is_wide(sample: bytes) -> bool:
    """Whether the NULs stand in every second place, as in UTF-16 without a byte order mark."""
    even, odd = sample[::2], sample[1::2]
    few, many = sorted((even.count(0), odd.count(0)))
    return many > 4 * few
