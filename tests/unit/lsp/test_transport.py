"""The base protocol's framing: tolerant where the specification is, closed where nothing can be told apart."""

import io

import pytest

from crashlight.lsp import transport
from crashlight.lsp.transport import Closed, MessageWriter, read_body


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Length: 2\r\n\r\n{}",
        b"content-length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}",
        b"Content-Type: x\r\nContent-Length: 2\r\n\r\n{}",
        b"\r\n\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_a_body_is_read(data: bytes) -> None:
    assert read_body(io.BytesIO(data)) == b"{}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "closed the connection"),
        (b"Content-Length: two\r\n\r\n{}", "no number"),
        (b"Content-Length: -2\r\n\r\n{}", "no number"),
        (b"Content-Length: 99999999999\r\n\r\n{}", "the most is"),
        (b"Content-Length: 20\r\n\r\n{}", "in the middle of a message"),
        (b"Content-Length: 2\r\n", "closed the connection"),
    ],
)
def test_what_cannot_be_told_apart_ends_the_connection(data: bytes, reason: str) -> None:
    with pytest.raises(Closed, match=reason):
        read_body(io.BytesIO(data))


def test_a_header_without_an_end_costs_no_memory() -> None:
    class Endless(io.RawIOBase):
        served = 0

        def readline(self, size: int = -1) -> bytes:  # type: ignore[override]
            assert 0 < size <= transport.HEADER_LIMIT
            self.served += size
            return b"x" * size if self.served < 10_000_000 else b""

    with pytest.raises(Closed):
        read_body(Endless())  # type: ignore[arg-type]


def test_the_writer_keeps_order_and_tells_when_the_client_is_gone() -> None:
    stream = io.BytesIO()
    writer = MessageWriter(stream, lambda reason: None)
    for number in range(100):
        writer.write(b"%d," % number)
    writer.close()
    assert stream.getvalue() == b"".join(b"%d," % number for number in range(100))

    reasons: list[str] = []
    stream.close()
    deaf = MessageWriter(stream, reasons.append)
    deaf.write(b"x")
    deaf.close()
    assert len(reasons) == 1
    assert "does not take messages" in reasons[0]
