"""The registry of models."""

from pathlib import Path

import pytest

from crashlight.adapters.llama.registry import (
    HubSource,
    ModelError,
    ModelSpec,
    PartsSource,
    PathSource,
    find,
    models,
    own_registry,
    write_own_models,
)

SPEC = ModelSpec("team", "team.gguf", 10, "0" * 64, "MIT", 100, [PathSource('/with "quotes" and ü')])


def test_the_two_models_that_ship_are_named_with_hash_and_sources() -> None:
    for name, size in (("qwen2.5-coder-1.5b", 1_117_320_768), ("qwen2.5-coder-0.5b", 491_400_064)):
        spec = models()[name]
        assert (spec.size, spec.licence, len(spec.sha256)) == (size, "Apache-2.0", 64)
        hub, parts = spec.source
        assert isinstance(hub, HubSource)
        assert isinstance(parts, PartsSource)
        assert len(parts.sha256) == len(set(parts.sha256)) == {"1.5b": 22, "0.5b": 6}[name[-4:]]


@pytest.mark.parametrize("name", ["0.5b", "0.5B", "qwen2.5-coder-0.5b"])
def test_a_model_is_found_by_name_or_its_end(name: str) -> None:
    assert find(name).name == "qwen2.5-coder-0.5b"


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ModelError) as caught:
        find("b")
    assert "qwen2.5-coder-1.5b" in caught.value.cure


def test_a_model_of_the_user_is_kept_and_read_again() -> None:
    write_own_models([SPEC])
    assert find("team") == SPEC


def test_a_registry_of_the_user_that_is_broken_is_said() -> None:
    own_registry().parent.mkdir(parents=True)
    own_registry().write_text("[[model]]\nname = 5\n")
    with pytest.raises(ModelError) as caught:
        models()
    assert str(own_registry()) in caught.value.reason


@pytest.mark.parametrize("file", ["../evil.gguf", "a/b.gguf", "model.bin", ".hidden.gguf"])
def test_a_file_name_that_leaves_the_folder_is_refused(file: str) -> None:
    with pytest.raises(ValueError, match="bare name"):
        ModelSpec("x", file, 1, "0" * 64, "MIT", 1)


def test_models_lie_in_the_users_data(own_home: Path) -> None:
    assert find("0.5b").path.is_relative_to(own_home / "data")
