"""The benchmark's answer: as text for a terminal, as a page for the docs."""

from collections.abc import Sequence

from crashlight.cli.quality.tally import Part, Share

MOST_MISSES = 60

HEAD = """# Accuracy

Written by `crashlight bench quality --write-page docs/accuracy.md`; do not edit it by hand. Shares come with their
95 % interval (Wilson). A dash says that no case of the group carries that label.
"""


def as_text(parts: Sequence[Part], *, misses: bool) -> str:
    """Tables that are aligned for a terminal."""
    lines: list[str] = []
    for part in parts:
        lines += [f"{part.name}: {part.says}", ""]
        rows = _rows(part)
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
        lines += ["", *(f"{name.replace('_', ' ')}: {value}" for name, value in part.figures.items())]
        if misses:
            lines += ["", *(f"  missed {miss}" for miss in part.misses)]
        lines.append("")
    return "\n".join(lines)


def as_page(parts: Sequence[Part], facts: Sequence[tuple[str, str]]) -> str:
    """Markdown, with what was missed."""
    lines = [HEAD, *(f"- {name}: {value}" for name, value in facts), ""]
    for part in parts:
        lines += [f"## {part.name.capitalize()}", "", part.says, ""]
        rows = _rows(part)
        lines += [_row(rows[0]), _row(["---"] * len(rows[0])), *(_row(row) for row in rows[1:]), ""]
        lines += [f"{name.replace('_', ' ').capitalize()}: {value}." for name, value in part.figures.items()]
        lines.append("")
        if part.misses and not part.published:
            lines += ["What was missed is not listed: no rule and no prompt may be tuned to these cases.", ""]
        elif part.misses:
            lines += [
                f"### Missed ({len(part.misses)})",
                "",
                *(f"- {_plain(miss)}" for miss in part.misses[:MOST_MISSES]),
            ]
            if len(part.misses) > MOST_MISSES:
                lines.append(
                    f"- and {len(part.misses) - MOST_MISSES} more: `crashlight bench quality --misses` lists all"
                )
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _rows(part: Part) -> list[list[str]]:
    rows = [["", "cases", *part.measures]]
    for group in part.ordered():
        shares = part.groups[group]
        count = max((share.of for share in shares.values()), default=0)
        rows.append([group, str(count), *(str(shares.get(measure, Share())) for measure in part.measures)])
    return rows


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")[:240]
