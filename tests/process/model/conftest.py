"""Models to ask: a tiny one that these tests write, and the small one that the gate fetched."""

import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from crashlight.adapters.llama import LlamaModel
from crashlight.settings.schema import ModelSettings

SMALL = "qwen2.5-coder-0.5b"

Start = Callable[..., LlamaModel]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file that loads in no time and writes nonsense."""
    if importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("llama-cpp-python is not installed: run 'crashlight models setup'")
    from .tiny_model import write

    return write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture
def small(test_home: Path) -> Path:
    """The smallest real model."""
    if importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("llama-cpp-python is not installed: run 'crashlight models setup'")
    path = test_home / "data" / "models" / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
    if not path.is_file():
        pytest.skip(f"the small model is not in {path.parent}: run 'crashlight models pull {SMALL}'")
    return path


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Makes models that are closed after the test."""
    closers: list[Callable[[], Awaitable[None]]] = []

    def start(path: Path | None = None, **settings: object) -> LlamaModel:
        model = LlamaModel(ModelSettings(path=str(path) if path else None, **settings))  # type: ignore[arg-type]
        closers.append(model.close)
        return model

    yield start
    for close in closers:
        await close()
