"""Did you mean: the name that was probably meant."""

import difflib
from collections.abc import Iterable


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The one candidate close enough to ``name`` to propose; None where none is, or two are equally close.

    A difference of case or underscores alone always counts. The measure is :mod:`difflib`'s ratio.
    """
    known = sorted({candidate for candidate in candidates if candidate and candidate != name})
    folded = _fold(name)
    same = [candidate for candidate in known if _fold(candidate) == folded]
    if len(same) == 1:
        return same[0]
    if len(name) < 3:
        return None
    scored = sorted(
        ((difflib.SequenceMatcher(None, name, candidate).ratio(), candidate) for candidate in known[:2000]),
        reverse=True,
    )
    if not scored or scored[0][0] < 0.75:
        return None
    if len(scored) > 1 and scored[1][0] == scored[0][0]:
        return None
    return scored[0][1]


def _fold(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
