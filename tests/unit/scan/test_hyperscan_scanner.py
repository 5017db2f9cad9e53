"""Finding triggers, as they are and as JSON writes them; the automaton that is kept on disk."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crashlight.adapters.scan import HyperscanScanner
from crashlight.ports import Hit

LITERALS = [b"Traceback (most recent call last)", b"\tat ", b'Exception in thread "', b"\n    at ", b"<b>/x"]


def found(text: bytes) -> list[bytes]:
    return [LITERALS[hit.literal] for hit in HyperscanScanner(LITERALS).scan(text)]


@pytest.mark.parametrize("literal", LITERALS)
def test_a_literal_is_found_as_it_is_and_inside_json(literal: bytes) -> None:
    text = literal.decode()
    once = json.dumps({"log": f"x{text}"})
    twice = json.dumps({"log": once})
    go = once.replace("<", "\\u003c").replace(">", "\\u003e")
    php = once.replace("/", "\\/")
    for written in (text, once, twice, go, php):
        assert literal in found(b"before " + written.encode() + b" behind"), written


def test_hits_come_in_order_with_the_end_of_each() -> None:
    scanner = HyperscanScanner([b"one!", b"two!"])
    assert scanner.scan(b"two! one! two!") == [Hit(4, 1), Hit(9, 0), Hit(14, 1)]
    assert scanner.scan(memoryview(bytearray(b"one!"))) == [Hit(4, 0)]


def test_a_literal_named_twice_is_one() -> None:
    assert HyperscanScanner([b"one!", b"one!"]).scan(b"one!") == [Hit(4, 0)]


def test_without_literals_nothing_is_found() -> None:
    assert HyperscanScanner([]).scan(b"anything") == []
    assert HyperscanScanner([b"one!"]).scan(b"") == []


def test_many_threads_scan_at_once() -> None:
    scanner = HyperscanScanner([b"one!"])
    block = b"x" * 100_000 + b"one!"
    with ThreadPoolExecutor(8) as pool:
        assert all(hits == [Hit(100_004, 0)] for hits in pool.map(scanner.scan, [block] * 200))


def test_the_automaton_is_kept_and_a_damaged_one_made_anew(own_home: Path) -> None:
    HyperscanScanner([b"one!"])
    [kept] = (own_home / "cache" / "scan").glob("*.hs")
    first = kept.read_bytes()
    kept.write_bytes(first[:-1] + b"?")
    assert HyperscanScanner([b"one!"]).scan(b"one!") == [Hit(4, 0)]
    assert kept.read_bytes() == first


def test_an_automaton_that_others_may_write_is_not_believed(own_home: Path) -> None:
    HyperscanScanner([b"one!"])
    [kept] = (own_home / "cache" / "scan").glob("*.hs")
    before = kept.stat().st_ino
    kept.chmod(0o666)
    HyperscanScanner([b"one!"])
    assert kept.stat().st_ino != before
