"""UTF-16 logs, read as UTF-8. Lines and columns are the same in both, so nothing needs to be mapped back."""

from collections import OrderedDict

from crashlight.ports import OpenFile

CHUNK = 64 * 1024  # bytes of UTF-16 that are decoded at once
CACHED_CHUNKS = 64


def as_utf8(file: OpenFile) -> OpenFile:
    """``file`` itself, or a view of it where it is UTF-16: by its mark, or by NULs in every second place."""
    head = file.read(0, 1024)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Utf16File(file, "utf-16-le" if head[0] == 0xFF else "utf-16-be", 2)
    even, odd = head[::2], head[1::2]
    if len(head) >= 16:
        if odd.count(0) > 0.6 * len(odd) and even.count(0) < 0.1 * len(even):
            return Utf16File(file, "utf-16-le", 0)
        if even.count(0) > 0.6 * len(even) and odd.count(0) < 0.1 * len(odd):
            return Utf16File(file, "utf-16-be", 0)
    return file


class Utf16File:
    """Decodes chunk by chunk. What was decoded lately is kept; where each chunk begins in UTF-8 is remembered."""

    rereadable = False

    def __init__(self, file: OpenFile, encoding: str, skip: int) -> None:
        self._file = file
        self.identity = file.identity
        self._encoding = encoding
        self._skip = skip  # bytes of the mark
        self._starts = [0]  # UTF-8 offset of each chunk whose predecessors are known
        self._cache: OrderedDict[int, bytes] = OrderedDict()

    def size(self) -> int:
        return self._starts[-1]

    def read(self, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        index = self._chunk_of(offset)
        while length > 0:
            chunk = self._chunk(index)
            if not chunk:
                break
            first = max(0, offset - self._starts[index])
            part = chunk[first : first + length]
            parts.append(part)
            length -= len(part)
            index += 1
        return b"".join(parts)

    def close(self) -> None:
        self._file.close()

    def _chunk_of(self, offset: int) -> int:
        """The chunk that holds the UTF-8 ``offset``; as many chunks are decoded as that takes."""
        known = 0
        while self._starts[-1] <= offset and known < len(self._starts):
            known = len(self._starts)
            self._chunk(known - 1)
        low, high = 0, len(self._starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._starts[middle] <= offset else (low, middle - 1)
        return low

    def _chunk(self, index: int) -> bytes:
        if index in self._cache:
            self._cache.move_to_end(index)
            return self._cache[index]
        raw = self._file.read(self._skip + index * CHUNK, CHUNK + 2)
        chunk = self._decode(raw, first=index == 0)
        if len(raw) >= CHUNK:  # The last chunk may grow: it is not kept.
            self._cache[index] = chunk
            if len(self._cache) > CACHED_CHUNKS:
                self._cache.popitem(last=False)
            if index == len(self._starts) - 1:
                self._starts.append(self._starts[index] + len(chunk))
        return chunk

    def _decode(self, raw: bytes, *, first: bool) -> bytes:
        """One chunk and the unit behind it, which belongs to it when it is the second half of a character."""
        big = self._encoding.endswith("be")

        def high_byte(at: int) -> int:
            return raw[at if big else at + 1]

        start = 2 if not first and len(raw) >= 2 and 0xDC <= high_byte(0) <= 0xDF else 0
        end = min(len(raw) & ~1, CHUNK)
        if end >= 2 and len(raw) >= end + 2 and 0xD8 <= high_byte(end - 2) <= 0xDB:
            end += 2
        return raw[start:end].decode(self._encoding, "replace").encode("utf-8")
