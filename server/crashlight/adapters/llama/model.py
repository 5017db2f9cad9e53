"""The language model, whichever it is, behind one queue."""

from collections.abc import Callable, Iterable

from crashlight.adapters.llama.endpoint import EndpointBackend
from crashlight.adapters.llama.local import LocalBackend
from crashlight.adapters.llama.queueing import AskQueue
from crashlight.domain import Check
from crashlight.ports import Answer, Question
from crashlight.settings.schema import ModelSettings


class LlamaModel:
    """``ports.Model``: a GGUF file in a worker of this machine, or the server that ``settings.endpoint`` names."""

    def __init__(self, settings: ModelSettings) -> None:
        self._backend = EndpointBackend(settings) if settings.endpoint else LocalBackend(settings)
        self._queue = AskQueue(self._backend)

    def identity(self) -> str | None:
        """Which model would answer."""
        return self._backend.identity()

    async def ask(self, question: Question, on_text: Callable[[str], None] | None = None) -> Answer:
        """Raises ModelUnavailable."""
        return await self._queue.ask(question, on_text)

    def warm(self, prefixes: Iterable[str]) -> None:
        """Evaluate these prefixes when nothing else is to do, if the model is loaded."""
        self._backend.warm(prefixes)

    def check(self) -> Check:
        """The state of the model, and what to do about it."""
        return self._backend.check()

    async def close(self) -> None:
        """Give up all questions and stop the worker."""
        await self._queue.close()
        await self._backend.close()
