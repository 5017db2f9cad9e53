"""A team's OpenAI-compatible server behind the same port: a real HTTP server that plays its part."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from crashlight.ports import ModelUnavailable, Question

from .conftest import Start

QUESTION = Question("a", "system text", "user text", grammar='root ::= "x"', max_tokens=9)


class Server(ThreadingHTTPServer):
    """Answers every request with ``lines`` of server-sent events and remembers what it was asked."""

    lines: list[str]
    status = 200
    asked: dict[str, Any]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked["path"] = self.path
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for line in self.server.lines:
            self.wfile.write(f"data: {line}\n\n".encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/v1"


async def test_it_streams_and_counts(server: Server, start: Start) -> None:
    server.lines = [
        '{"choices": [{"delta": {"role": "assistant"}}]}',
        '{"choices": [{"delta": {"content": "cause: "}}]}',
        '{"choices": [{"delta": {"content": "ü"}, "finish_reason": "stop"}]}',
        '{"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 2,'
        ' "prompt_tokens_details": {"cached_tokens": 30}}}',
        "[DONE]",
    ]
    parts: list[str] = []
    answer = await start(endpoint=address(server), name="team").ask(QUESTION, parts.append)
    assert (answer.text, parts, answer.finished) == ("cause: ü", ["cause: ", "ü"], True)
    assert (answer.prompt_tokens, answer.cached_tokens, answer.generated_tokens) == (40, 30, 2)
    assert server.asked["path"] == "/v1/chat/completions"
    assert server.asked["grammar"] == 'root ::= "x"'
    assert [message["content"] for message in server.asked["messages"]] == ["system text", "user text"]


@pytest.mark.parametrize(
    ("status", "lines", "said"),
    [(500, [], "answered 500"), (200, ["{not json"], "does not speak"), (200, ['{"choices": 5}'], "does not speak")],
)
async def test_a_server_that_is_wrong_is_said(
    server: Server, start: Start, status: int, lines: list[str], said: str
) -> None:
    server.status, server.lines = status, lines
    model = start(endpoint=address(server))
    with pytest.raises(ModelUnavailable, match=said):
        await model.ask(QUESTION)
    assert model.check().status == "degraded"


async def test_a_server_that_is_not_there_is_said(server: Server, start: Start) -> None:
    gone = address(server).replace(str(server.server_port), "1")
    with pytest.raises(ModelUnavailable) as caught:
        await start(endpoint=gone).ask(QUESTION)
    assert "model.endpoint" in caught.value.cure
