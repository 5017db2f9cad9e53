"""Every kind of intent in every language that can say it: `realised.txt` holds what becomes of each.

A case is a head (`== file kind argument=value …`, with ` | ` between arguments), the source with `<<` at
the end of the culprit's line, a line `--`, and the source after the fix. `CRASHLIGHT_UPDATE=1` writes
anew what stands below each `--`; look at the difference before you keep it.
"""

import os
from pathlib import Path

import pytest

from crashlight.adapters.files import LocalFiles
from crashlight.domain import SourcePlace
from crashlight.settings.schema import SourceSettings
from crashlight.sources import Sources
from crashlight.sources.checking import apply
from crashlight.sources.source import read
from crashlight_sdk import INTENTS, Intent

BOOK = Path(__file__).with_name("realised.txt")
NOTHING = "(no fix)\n"


def cases() -> list[tuple[str, str, str]]:
    found = []
    for part in ("\n" + BOOK.read_text()).split("\n== ")[1:]:
        head, _, rest = part.partition("\n")
        before, _, after = rest.partition("\n--\n")
        found.append((head, before + "\n", after.removesuffix("\n") + "\n"))
    return found


def fixed(head: str, marked: str, folder: Path) -> str:
    words = head.split(" ", 2)
    name, kind = words[0], words[1]
    args = dict(pair.split("=", 1) for pair in words[2].split(" | "))
    assert set(INTENTS[kind].required) <= set(args)
    lines = marked.split("\n")
    line = next(number for number, text in enumerate(lines, 1) if text.endswith("<<"))
    (folder / name).write_text(marked.replace("<<", "", 1))
    sources = Sources(LocalFiles(), SourceSettings(), [folder])
    place = SourcePlace(str(folder / name), name, line)
    fixes = sources.realise([Intent(kind, "Title", args=args)], place, "rule")
    if not fixes:
        return NOTHING
    (fix,) = fixes
    assert {"applies", "parses", "inside-function", "keeps-checks"} <= set(fix.verified)
    source = read(LocalFiles(), folder / name, name)
    assert source is not None
    return apply(source, fix.edits)


@pytest.mark.parametrize(("head", "before", "after"), cases(), ids=lambda value: str(value).split("\n")[0][:60])
def test_intents_become_edits(head: str, before: str, after: str, tmp_path: Path) -> None:
    assert fixed(head, before, tmp_path) == after


def test_every_kind_of_intent_has_a_case() -> None:
    assert {head.split(" ")[1] for head, _, _ in cases()} >= set(INTENTS) - {"add_dependency"}


if os.environ.get("CRASHLIGHT_UPDATE"):

    def test_update(tmp_path: Path) -> None:
        parts = [f"== {head}\n{before}--\n{fixed(head, before, tmp_path)}" for head, before, _ in cases()]
        BOOK.write_text("\n".join(parts))
