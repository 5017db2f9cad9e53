"""The journal alone: what was acknowledged is on the disk, and comes back once it is asked for."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crashlight.adapters.postgres.journal import Journal, Row, iterate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def rows(*bodies: str, valuable: bool = True) -> list[Row]:
    return [Row(body.encode(), valuable) for body in bodies]


def drain(journal: Journal) -> list[bytes]:
    found = []
    while batch := journal.next_batch():
        found += [row.body for row in batch.rows]
        journal.done(batch)
    return found


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_a_row_is_on_the_disk_before_append_returns(folder: Path) -> None:
    Journal(folder).append(rows("one", "two"))
    assert [row.body for row in iterate(folder)] == [b"one", b"two"]


def test_rows_come_back_in_order_and_the_segment_goes_when_all_is_done(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(rows("1", "2"))
    journal.append(rows("3"))
    assert journal.waiting == 3
    assert drain(journal) == [b"1", b"2", b"3"]
    assert journal.waiting == 0
    journal.close()
    assert segments(folder) == []


def test_what_is_not_done_is_read_again(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(rows("1"))
    assert journal.next_batch().rows == journal.next_batch().rows != ()


def test_the_segment_of_a_dead_writer_is_adopted_and_that_of_a_living_one_is_not(folder: Path) -> None:
    alive, dead, third = Journal(folder), Journal(folder), Journal(folder)
    alive.append(rows("mine"))
    dead.append(rows("left behind"))
    dead.close()
    assert third.adopt() == 1
    assert drain(third) == [b"left behind"]
    assert [row.body for row in iterate(folder)] == [b"mine"]


@pytest.mark.parametrize("torn", [b"", b"12ab", b'0badf00d!{"a":1}', b"\xff\xfe\x00"])
def test_a_torn_last_line_costs_only_itself(folder: Path, torn: bytes) -> None:
    journal = Journal(folder)
    journal.append(rows("good"))
    journal.close()
    with segments(folder)[0].open("ab") as file:
        file.write(torn)
    heir = Journal(folder)
    heir.adopt()
    assert drain(heir) == [b"good"]
    assert len(heir.dead()) == (1 if torn else 0)


def test_a_flipped_bit_in_the_middle_is_set_aside_and_holds_up_nobody(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(rows("aaaa", "bbbb", "cccc"))
    journal.close()
    path = segments(folder)[0]
    path.write_bytes(path.read_bytes().replace(b"bbbb", b"bXbb"))
    heir = Journal(folder)
    heir.adopt()
    assert drain(heir) == [b"aaaa", b"cccc"]
    (dead,) = heir.dead()
    assert b"bXbb" in dead.read_bytes()


def test_rows_larger_than_one_reading_are_whole(folder: Path) -> None:
    journal = Journal(folder)
    body = "x" * (3 << 20)
    journal.append(rows(body, "small"))
    assert drain(journal) == [body.encode(), b"small"]


def test_rows_that_were_set_aside_can_be_tried_again(folder: Path) -> None:
    journal = Journal(folder)
    journal.bury(b'{"type":"event"}', "no such\nkind")
    assert journal.revive() == 1
    assert drain(journal) == [b'{"type":"event"}']
    assert journal.dead() == []


def test_at_the_cap_what_may_go_goes_first(folder: Path) -> None:
    journal = Journal(folder, cap_bytes=2_000)
    journal.append(rows(*["shown" * 10] * 25, valuable=False))
    for number in range(20):
        journal.append(rows(f"accepted {number}" + "." * 40))
        journal.append(rows("shown" * 10, valuable=False))
    kept = drain(journal)
    assert [body for body in kept if body.startswith(b"accepted")] == [
        f"accepted {number}".encode() + b"." * 40 for number in range(20)
    ]
    assert journal.dropped > 25
    assert sum(path.stat().st_size for path in segments(folder)) <= 2_000


def test_a_disk_that_takes_nothing_costs_nothing_but_memory(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(rows("on the disk"))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = segments(folder)[0].stat().st_size
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 5, limit[1]))
        journal.append(rows("the disk is full"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert (journal.in_memory, journal.waiting) == (1, 2)
    assert "File too large" in journal.trouble
    assert segments(folder)[0].stat().st_size == size, "half a row would spoil the next one"
    journal.append(rows("there is room again"))
    assert (journal.in_memory, journal.trouble) == (0, "")
    assert drain(journal) == [b"on the disk", b"the disk is full", b"there is room again"]


def test_a_folder_that_cannot_be_made_costs_nothing_but_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    journal = Journal(tmp_path / "file" / "journal")
    journal.append(rows("kept"))
    assert (journal.in_memory, drain(journal)) == (1, [b"kept"])


def test_only_the_owner_reads_the_journal(folder: Path) -> None:
    Journal(folder).append(rows("secret"))
    assert folder.stat().st_mode & 0o077 == 0
    assert segments(folder)[0].stat().st_mode & 0o077 == 0


def test_a_large_segment_makes_room_for_a_new_one_when_it_is_done(folder: Path) -> None:
    journal = Journal(folder)
    journal.append(rows("x" * 300_000))
    drain(journal)
    assert segments(folder) == []
    journal.append(rows("next"))
    assert drain(journal) == [b"next"]


WRITER = """
import os, signal, sys
from pathlib import Path
from crashlight.adapters.postgres.journal import Journal, Row
journal = Journal(Path(sys.argv[1]))
for number in range(50):
    journal.append([Row(f"{sys.argv[2]}/{number}".encode())])
    print(f"{sys.argv[2]}/{number}", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_many_writers_lose_nothing(folder: Path) -> None:
    """Each is killed without warning; every row that was acknowledged is found."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(number)], stdout=subprocess.PIPE)
        for number in range(3)
    ]
    acknowledged = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    heir = Journal(folder)
    heir.adopt()
    assert sorted(drain(heir)) == sorted(acknowledged)
    assert len(acknowledged) == 150
