"""What is wrong with a model is said clearly, with what to do, and costs nothing else."""

import hashlib
from pathlib import Path

import pytest

from crashlight.adapters.llama import local
from crashlight.adapters.llama.registry import ModelSpec, write_own_models
from crashlight.ports import ModelUnavailable, Question

from .conftest import Start

pytestmark = pytest.mark.model

QUESTION = Question("a", "prefix", "text", max_tokens=3)


def register(tiny: Path) -> ModelSpec:
    """Make the tiny model one of the registry's, with its right hash."""
    data = tiny.read_bytes()
    spec = ModelSpec("tiny", "tiny.gguf", len(data), hashlib.sha256(data).hexdigest(), "none", 100)
    write_own_models([spec])
    spec.path.parent.mkdir(parents=True)
    spec.path.write_bytes(data)
    return spec


async def test_a_model_of_the_registry_answers(tiny: Path, start: Start) -> None:
    spec = register(tiny)
    model = start(name="tiny")
    assert (await model.ask(QUESTION)).model == model.identity() == f"tiny@{spec.sha256[:12]}"


async def test_no_model_is_said_with_the_command_that_fetches_it(start: Start) -> None:
    model = start(name="qwen2.5-coder-0.5b")
    with pytest.raises(ModelUnavailable) as caught:
        await model.ask(QUESTION)
    assert "crashlight models pull qwen2.5-coder-0.5b" in caught.value.cure
    check = model.check()
    assert (check.status, check.cure) == ("degraded", caught.value.cure)
    assert model.identity() is None


async def test_a_model_of_no_known_name_is_said(start: Start) -> None:
    with pytest.raises(ModelUnavailable, match="no model 'gpt'"):
        await start(name="gpt").ask(QUESTION)


@pytest.mark.parametrize("damage", ["cut", "changed"])
async def test_a_damaged_model_is_never_loaded(tiny: Path, start: Start, damage: str) -> None:
    spec = register(tiny)
    data = tiny.read_bytes()
    spec.path.write_bytes(data[:-100] if damage == "cut" else data[:-100] + bytes(100))
    model = start(name="tiny")
    with pytest.raises(ModelUnavailable, match="damaged") as caught:
        await model.ask(QUESTION)
    assert caught.value.cure == "Run: crashlight models pull tiny"
    assert model.check().status == "degraded"


async def test_a_model_that_is_damaged_after_it_was_checked_is_noticed(tiny: Path, start: Start) -> None:
    spec = register(tiny)
    first = start(name="tiny")
    await first.ask(QUESTION)
    await first.close()
    spec.path.write_bytes(tiny.read_bytes()[:-1] + b"\1")
    with pytest.raises(ModelUnavailable, match="damaged"):
        await start(name="tiny").ask(QUESTION)


@pytest.mark.parametrize(
    ("content", "said"), [(b"no model", "not a GGUF file"), (b"GGUF" + bytes(range(200)) * 50, "cannot load this file")]
)
async def test_a_file_of_the_user_that_is_no_model(tmp_path: Path, start: Start, content: bytes, said: str) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(content)
    model = start(path)
    with pytest.raises(ModelUnavailable, match=said):
        await model.ask(QUESTION)


async def test_a_file_of_the_user_that_is_not_there(tmp_path: Path, start: Start) -> None:
    with pytest.raises(ModelUnavailable, match="there is no file") as caught:
        await start(tmp_path / "gone.gguf").ask(QUESTION)
    assert "model.path" in caught.value.cure


async def test_without_the_library_the_cure_is_setup(tiny: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local.importlib.util, "find_spec", lambda name: None)
    model = start(tiny)
    with pytest.raises(ModelUnavailable) as caught:
        await model.ask(QUESTION)
    assert caught.value.cure == model.check().cure == "Run: crashlight models setup"
