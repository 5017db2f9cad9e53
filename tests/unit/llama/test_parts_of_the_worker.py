"""Frames, guesses, kept states and cores: the small parts around the inference worker."""

from pathlib import Path

import pytest

from crashlight.adapters.llama import cores, kept, wire
from crashlight.adapters.llama.guess import MOST, Guesser


def test_a_message_survives_its_frame() -> None:
    ask = wire.Ask(7, "p", "ü\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "", None, 9, 1.5, 2)
    data = wire.frame(ask)
    assert wire.length(data[: wire.HEADER]) == len(data) - wire.HEADER
    assert wire.request(data[wire.HEADER :]) == ask


@pytest.mark.parametrize("header", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0"])
def test_a_length_that_cannot_be_is_refused(header: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.length(header)


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x80", wire.frame(wire.Cancel(1))[4:], b"[" * 100_000])
def test_a_reply_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.reply(body)


def test_a_guess_is_what_followed_in_the_prompt() -> None:
    guesser = Guesser([1, 2, 3, 4, 5, 6, 9, 9, 9])
    assert guesser.guess([7, 1, 2, 3, 4])[:3] == [5, 6, 9]


def test_the_later_place_wins() -> None:
    assert Guesser([1, 2, 3, 4, 8, 1, 2, 3, 4, 9, 0, 0]).guess([1, 2, 3, 4])[0] == 9


def test_nothing_is_guessed_where_the_prompt_has_no_such_place() -> None:
    assert Guesser([1, 2, 3, 4, 5]).guess([7, 8, 9, 4]) == []
    assert Guesser([]).guess([1, 2, 3, 4]) == []


def test_the_longer_the_agreement_the_longer_the_guess() -> None:
    guesser = Guesser([*range(20), *range(100, 120)])
    assert guesser.guess([16, 17, 18, 19]) == [100, 101, 102, 103]
    assert guesser.guess([14, 15, 16, 17, 18, 19]) == [100, 101, 102, 103, 104, 105]
    assert len(guesser.guess(list(range(20)))) == MOST


def test_after_a_wrong_guess_more_has_to_agree() -> None:
    guesser = Guesser([*range(20), *range(100, 120)])
    guesser.learn(3, 0)
    assert guesser.guess([9, 16, 17, 18, 19]) == []
    assert guesser.guess([14, 15, 16, 17, 18, 19])[0] == 100
    guesser.learn(5, 2)
    assert guesser.guess([9, 16, 17, 18, 19])[0] == 100


def test_a_kept_state_is_found_by_model_build_and_prefix() -> None:
    kept.save("m", "b", "p", b"state")
    assert kept.load("m", "b", "p") == b"state"
    assert kept.load("m", "other build", "p") is None
    assert kept.load("m2", "b", "p") is None


def test_the_state_that_was_unused_for_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(kept, "LIMIT", 120)
    for age, prefix in enumerate(("oldest", "older")):
        kept.save("m", "b", prefix, bytes(10))
        os.utime(kept._path("m", "b", prefix), (1000 + age, 1000 + age))
    assert kept.load("m", "b", "oldest") is not None  # used now, and so kept
    kept.save("m", "b", "new", bytes(10))
    assert kept.load("m", "b", "older") is None
    assert kept.load("m", "b", "oldest") is not None


def test_threads_leave_room_for_what_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "physical_cores", lambda: 4)
    for running, expected in ((1, 4), (2, 3), (4, 1), (40, 1)):
        monkeypatch.setattr(cores, "_running", lambda running=running: running)
        assert cores.free_threads() == expected
    assert cores.free_threads(3) == 3


def test_two_threads_of_one_core_count_once() -> None:
    assert 1 <= cores.physical_cores() <= len(__import__("os").sched_getaffinity(0))


def test_running_is_one_where_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cores, "_STAT", tmp_path / "none")
    assert cores._running() == 1
