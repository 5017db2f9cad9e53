"""An OpenAI-compatible server of the user's (llama-server, vLLM) behind the same port.

Prompts leave this process to the address that the user's own settings name, and go nowhere else.
"""

import os
import time
from collections.abc import Iterable

import httpx2
import msgspec

from crashlight.adapters.llama.queueing import OnText
from crashlight.domain import Check
from crashlight.ports import Answer, ModelUnavailable, Question
from crashlight.settings.schema import ModelSettings

CONNECT_TIMEOUT_S = 5.0
KEY_VARIABLE = "CRASHLIGHT_MODEL_KEY"  # a secret belongs into the environment, not into a settings file


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Details | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None


class EndpointBackend:
    """Streams from ``POST {endpoint}/chat/completions``. The grammar travels as llama-server's and as vLLM's field."""

    slots = 4

    def __init__(self, settings: ModelSettings) -> None:
        assert settings.endpoint
        self._url = settings.endpoint.rstrip("/")
        self._name = settings.name
        self._client: httpx2.AsyncClient | None = None
        self._failure = ""

    async def answer(self, question: Question, on_text: OnText) -> Answer:
        """Raises ModelUnavailable."""
        began = time.monotonic()
        try:
            answer = await self._stream(question, on_text, began)
        except httpx2.HTTPStatusError as error:
            raise self._unavailable(f"it answered {error.response.status_code}") from error
        except (httpx2.HTTPError, httpx2.SSEError) as error:
            raise self._unavailable(str(error) or type(error).__name__) from error
        except msgspec.DecodeError as error:
            raise self._unavailable("it does not speak the OpenAI protocol") from error
        self._failure = ""
        return answer

    def warm(self, prefixes: Iterable[str]) -> None:
        """Nothing to do: such a server keeps prefixes itself."""

    def identity(self) -> str | None:
        """The model's name and the server's address: its weights cannot be hashed from here."""
        return f"{self._name}@{httpx2.URL(self._url).host}"

    def check(self) -> Check:
        """What the last question met; asks nothing."""
        if self._failure:
            return Check(
                "model", "degraded", self._failure, "Start that server, or correct the setting model.endpoint."
            )
        return Check("model", "ok", f"{self._name} at {self._url}; prompts are sent there")

    async def close(self) -> None:
        """Close connections."""
        if self._client:
            await self._client.aclose()

    async def _stream(self, question: Question, on_text: OnText, began: float) -> Answer:
        text, usage, finished = "", _Usage(), False
        first: float | None = None
        async with self._connected().stream(
            "POST", f"{self._url}/chat/completions", json=self._body(question), timeout=self._timeout(question)
        ) as response:
            response.raise_for_status()
            async for event in httpx2.EventSource(response):
                if event.data == "[DONE]":
                    break
                chunk = msgspec.json.decode(event.data, type=_Chunk)
                usage = chunk.usage or usage
                for choice in chunk.choices:
                    finished = finished or choice.finish_reason == "stop"
                    if choice.delta.content:
                        first = first or time.monotonic()
                        text += choice.delta.content
                        on_text(choice.delta.content)
        ended = time.monotonic()
        first = first or ended
        details = usage.prompt_tokens_details
        return Answer(
            # Some servers repeat the beginning of the answer that they were given.
            text=text.removeprefix(question.opening),
            model=self.identity() or self._name,
            prompt_tokens=usage.prompt_tokens,
            cached_tokens=(details.cached_tokens or 0) if details else 0,
            generated_tokens=usage.completion_tokens,
            steps=usage.completion_tokens,
            queue_s=0.0,
            load_s=0.0,
            prompt_s=first - began,
            generation_s=ended - first,
            finished=finished,
        )

    def _body(self, question: Question) -> dict[str, object]:
        messages = [{"role": "system", "content": question.prefix}, {"role": "user", "content": question.text}]
        body: dict[str, object] = {
            "model": self._name,
            "messages": messages,
            "temperature": 0,
            "max_tokens": question.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if question.opening:
            messages.append({"role": "assistant", "content": question.opening})
            body |= {"add_generation_prompt": False, "continue_final_message": True}
        if question.grammar:
            body |= {"grammar": question.grammar, "guided_grammar": question.grammar}
        return body

    def _connected(self) -> httpx2.AsyncClient:
        if self._client is None:
            key = os.environ.get(KEY_VARIABLE)
            self._client = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"} if key else {})
        return self._client

    def _timeout(self, question: Question) -> httpx2.Timeout:
        return httpx2.Timeout(question.deadline_s, connect=CONNECT_TIMEOUT_S)

    def _unavailable(self, reason: str) -> ModelUnavailable:
        self._failure = f"the model server at {self._url} cannot be used: {reason}"
        return ModelUnavailable(self._failure, "Start that server, or correct the setting model.endpoint.")
