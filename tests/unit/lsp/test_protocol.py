"""Every request gets exactly one answer, whatever the client sends, and nothing leaks."""

import asyncio
import json
from typing import Any

import pytest
from lsprotocol import types

from crashlight.lsp.protocol import Protocol, Refusal
from crashlight.lsp.server import CrashlightServer


class Peer:
    """A client's end of the protocol, in memory."""

    def __init__(self) -> None:
        self.server = CrashlightServer()
        self.protocol: Protocol = self.server.protocol  # type: ignore[assignment]
        self.sent: list[dict[str, Any]] = []
        self.protocol.set_writer(self, include_headers=False)

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data))

    def close(self) -> None:
        pass

    def say(self, **message: Any) -> None:
        self.protocol.receive(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def answers(self, message_id: Any) -> list[dict[str, Any]]:
        return [message for message in self.sent if message.get("id") == message_id and "method" not in message]

    async def ready(self) -> None:
        self.say(id=0, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
        await settle()
        assert "result" in self.answers(0)[0]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", types.ErrorCodes.ParseError),
        (b"\xff\xfe", types.ErrorCodes.ParseError),
        (b"[" * 100_000, types.ErrorCodes.ParseError),
        (b"[]", types.ErrorCodes.InvalidRequest),
        (b'{"id": 1, "method": "shutdown"}', types.ErrorCodes.InvalidRequest),
    ],
)
async def test_what_is_no_message_is_refused(peer: Peer, body: bytes, code: types.ErrorCodes) -> None:
    peer.protocol.receive(body)
    assert [message["error"]["code"] for message in peer.sent] == [code]


async def test_malformed_parameters_are_answered(peer: Peer) -> None:
    await peer.ready()
    peer.say(id=5, method="textDocument/hover", params={"position": "here"})
    await settle()
    (answer,) = peer.answers(5)
    assert answer["error"]["code"] == types.ErrorCodes.InvalidParams
    assert "textDocument/hover" in answer["error"]["message"]


async def test_the_order_of_the_specification_is_kept(peer: Peer) -> None:
    peer.say(id=1, method="textDocument/hover", params={})
    assert peer.answers(1)[0]["error"]["code"] == types.ErrorCodes.ServerNotInitialized
    await peer.ready()
    peer.say(id=2, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
    assert peer.answers(2)[0]["error"]["code"] == types.ErrorCodes.InvalidRequest
    peer.say(id=3, method="no/such/method")
    assert peer.answers(3)[0]["error"]["code"] == types.ErrorCodes.MethodNotFound
    peer.say(id=4, method="shutdown")
    await settle()
    assert peer.answers(4)[0]["result"] is None
    peer.say(id=5, method="shutdown")
    assert peer.answers(5)[0]["error"]["code"] == types.ErrorCodes.InvalidRequest


@pytest.mark.parametrize(("shutdown", "code"), [(True, 0), (False, 1)])
async def test_exit_code(peer: Peer, shutdown: bool, code: int) -> None:
    codes: list[int] = []
    peer.protocol.on_exit = codes.append
    await peer.ready()
    if shutdown:
        peer.say(id=1, method="shutdown")
        await settle()
    peer.say(method="exit")
    await settle()
    assert codes == [code]


async def test_shutdown_cancels_what_is_in_flight_and_answers_it(peer: Peer) -> None:
    async def slow(params: Any) -> None:
        await asyncio.Event().wait()

    peer.server.feature("slow/one")(slow)
    await peer.ready()
    for number in range(20):
        peer.say(id=100 + number, method="slow/one")
    peer.say(id=1, method="shutdown")
    await settle()
    assert peer.answers(1) == [{"jsonrpc": "2.0", "id": 1, "result": None}]
    for number in range(20):
        (answer,) = peer.answers(100 + number)
        assert answer["error"]["code"] == types.LSPErrorCodes.RequestCancelled


async def test_a_cancelled_request_is_answered_once(peer: Peer) -> None:
    ran: list[Any] = []

    async def costly(params: Any) -> None:
        await asyncio.sleep(0.01)
        ran.append(params)

    peer.server.feature("costly/one")(costly)
    await peer.ready()
    peer.say(id=7, method="costly/one")
    peer.say(method="$/cancelRequest", params={"id": 7})
    await asyncio.sleep(0.05)
    (answer,) = peer.answers(7)
    assert answer["error"]["code"] == types.LSPErrorCodes.RequestCancelled
    assert ran == []


async def test_a_failure_tells_its_class_and_no_text(peer: Peer) -> None:
    async def failing(params: Any) -> None:
        raise ValueError("password=hunter2")

    async def refusing(params: Any) -> None:
        raise Refusal("do this instead")

    peer.server.feature("failing/one")(failing)
    peer.server.feature("refusing/one")(refusing)
    await peer.ready()
    peer.say(id=8, method="failing/one")
    peer.say(id=9, method="refusing/one")
    await settle()
    assert "hunter2" not in json.dumps(peer.sent)
    assert peer.answers(8)[0]["error"]["message"] == "Crashlight failed: ValueError"
    assert peer.answers(9)[0]["error"]["message"] == "do this instead"


async def test_nothing_is_kept_of_finished_handlers(peer: Peer) -> None:
    seen: list[Any] = []

    async def note(params: Any) -> None:
        seen.append(params)

    peer.server.feature("note/one")(note)
    await peer.ready()
    for _ in range(1000):
        peer.say(method="note/one")
    await settle()
    assert len(seen) == 1000
    assert peer.protocol._request_futures == {}


async def test_an_answer_to_nothing_is_ignored(peer: Peer) -> None:
    await peer.ready()
    peer.say(id="unknown", result=1)
    peer.say(id="unknown", error={"code": 1, "message": "x"})
    peer.say(id=11, method="shutdown")
    await settle()
    assert len(peer.answers(11)) == 1


async def test_payloads_are_not_logged(peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await peer.ready()
    peer.say(id=1, method="textDocument/hover", params={"secret": "hunter2"})
    peer.say(method="textDocument/didOpen", params={"secret": "hunter2"})
    await settle()
    assert "hunter2" not in caplog.text
