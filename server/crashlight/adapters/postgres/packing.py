"""How values are stored: times within what PostgreSQL holds, and structures as compressed JSON."""

from datetime import UTC, datetime
from typing import TypeVar

import msgspec
import zstandard

LATEST = 253_402_300_799.0
"""The last second of the year 9999. A clock that is far off costs the order of an event, not the event."""

E = TypeVar("E")


def pack(value: object) -> bytes:
    """JSON, compressed (zstd)."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(value))


def unpack(body: bytes, kind: type[E]) -> E:
    """The value of :func:`pack`. Raises zstandard.ZstdError and msgspec.DecodeError."""
    return msgspec.json.decode(zstandard.ZstdDecompressor().decompress(body, max_output_size=16 << 20), type=kind)


def moment(time: float) -> datetime:
    """Seconds since the epoch as a time."""
    return datetime.fromtimestamp(min(max(time, 0.0), LATEST), UTC)
