"""``crashlight models`` on files that a test made."""

from pathlib import Path

import pytest

from crashlight.adapters.llama.registry import find
from crashlight.cli.main import main


def test_list_names_size_licence_hash_and_whether_it_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "0.5b" in line)
    assert all(word in line for word in ("491 MB", "Apache-2.0", "not fetched", "1d9614638d18"))


def test_a_model_of_the_user_is_added_listed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(b"GGUF and more")
    assert main(["models", "add", "mine", str(mine)]) == 0
    assert find("mine").path.read_bytes() == mine.read_bytes()
    assert main(["models", "remove", "mine"]) == 0
    assert main(["models", "list"]) == 0
    assert "mine" not in capsys.readouterr().out.replace("mine is here", "").replace("mine was removed", "")
    assert mine.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pull", "nothing"], "there is no model 'nothing'"),
        (["add", "x", "/nowhere/x.gguf"], "No such file"),
        (["add", "../x", __file__], "not a GGUF file"),
        (["remove", "0.5b"], "is not here"),
        (["pull", "0.5b", "--path", "/nowhere"], "is not a file"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", *words]) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
