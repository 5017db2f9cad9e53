"""One line of a native backtrace, in the spelling of a dozen printers.

Sanitizers and the LLVM symbolizer, gdb, lldb, Android's debuggerd, glibc's backtrace_symbols, macOS,
Valgrind, Breakpad's minidump-stackwalk, WinDbg, glog, Boost.Stacktrace and systemd-coredump.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from crashlight_sdk import Frame, Span

from .origins import origin


@dataclass(frozen=True, slots=True)
class Line:
    """A frame and its number in the backtrace; ``number`` is None where the printer gives none."""

    number: int | None
    frame: Frame


_TAIL = re.compile(r"\s*+(?:\(BuildId: [^)]*+\)|\(offset 0x[0-9a-f]++\))\s*$")
_MODULE = re.compile(
    r"\s*+(?:\((?P<module>[^()]*?)\+0x[0-9a-fA-F]++\)|<(?P<symbolizer><?[^<>]*+>?)>\+0x[0-9a-fA-F]++"
    r"|\(<(?P<unknown>unknown module)>\))\s*$"
)
_PLACE = re.compile(r":(?P<line>\d++)(?::(?P<column>\d++))?$")

_SANITIZER = re.compile(
    r"^\s*+(?:\[[^\]]{1,40}\] "
    r")?#(?P<number>\d++)(?:\.\d++)?\s++(?P<address>0x[0-9a-fA-F]++):?\s++(?P<in>in\s)?\s*+(?P<rest>\S.*)?"
    r"$"
)
_THREAD_SANITIZER = re.compile(r"^\s++#(?P<number>\d++) (?P<rest>\S.*? (?:<null>|\S++) \([^()+]*+\+0x[0-9a-f]++\).*)$")
_GDB = re.compile(r"^\s*+#(?P<number>\d++)\s++(?:(?P<address>0x[0-9a-fA-F]++) in )?(?P<rest>[^\s#].*)$")
_GDB_STOP = re.compile(r"^(?:0x[0-9a-fA-F]++ in )?(?P<rest>[A-Za-z_~][^()]*+\(.*\)) (?:at|from) (?P<place>\S.*)$")
_SYSTEMD = re.compile(
    r"^\s*+#(?P<number>\d++)\s++0x[0-9a-f]{8,16} (?P<name>\S++)(?: \((?P<module>[^()]*?)(?: \+ 0x[0-9a-f]++)?\))?\s*$"
)
_LLDB = re.compile(r"^\s*+\*?\s*+frame #(?P<number>\d++): (?:0x[0-9a-fA-F]++ )?(?P<module>[^`]*+)`(?P<rest>.*)$")
_ANDROID = re.compile(
    r"^\s*+(?:backtrace: *+)?#(?P<number>\d++)\s++pc\s++(?:0x)?[0-9a-f]++\s++(?P<module>\S++(?: "
    r"\(deleted\))?)(?:\s++\((?:offset 0x[0-9a-f]++)\))?(?:\s++\((?P<rest>.*)\))?\s*$"
)
_SYMBOLS = re.compile(
    r"^\s*+(?:\[[^\]:]*+:\d++\]\s*+)?(?:\[\s*+(?P<number>\d++)\]\s*+"
    r"|#?(?P<number2>\d++)\s++)?(?P<module>[^\s()\[\]]++)?(?:\((?P<name>.*?)(?:\+0x[0-9a-f]++)?\))?\s*+\[0"
    r"x[0-9a-fA-F]++\]\s*$"
)
_ADDRESS = re.compile(r"^\s*+\[0x[0-9a-fA-F]++\]\s*$")
_V8 = re.compile(
    r"^\s*+(?P<number>\d++): (?:0x[0-9a-fA-F]++\s*+(?! - )(?P<name>[^\s-].*?)?"
    r"|(?P<bare>_*+[a-z]\w++))(?: \[(?P<module>[^\]]*+)\])?\s*$"
)
_NAMED = re.compile(r"^\s*+(?P<name>[A-Za-z_~(][^\[\]]*+) \[0x[0-9a-f]++\]\s*$")
_MAC = re.compile(
    r"^\s*+(?P<number>\d++)\s++(?P<module>\S.*?)\s++0x[0-9a-f]{8,16} (?P<name>\S.*?) \+ \d++(?: "
    r"\((?P<place>[^()]*+)\))?\s*$"
)
_VALGRIND = re.compile(
    r"^==\d++==\s++(?:at|by) 0x[0-9A-Fa-f]++: (?P<name>.*?) \((?:in (?P<module>[^)]*+)|(?P<place>[^():]*+:\d++))\)\s*$"
)
_VALGRIND_BARE = re.compile(
    r"^==\d++==\s++(?:at|by) 0x[0-9A-Fa-f]++: (?P<name>\?\?\?|\S.*?)(?: \(in (?P<module>.*)\))?\s*$"
)
_MINIDUMP = re.compile(
    r"^\s*+(?P<number>\d++)\s++(?P<module>[^\s!]++)(?:!(?P<name>.*?))?(?: \[(?P<file>.*?) : "
    r"(?P<line>\d++) \+ 0x[0-9a-f]++\]| \+ 0x[0-9a-f]++)\s*$"
)
_WINDBG = re.compile(
    r"^(?:[0-9a-f]{2,3} )?(?:[0-9a-f]{8,16}(?:`[0-9a-f]{8})?[ :]++)++(?:[\w.+`-]++ : "
    r")?(?P<module>\w[\w.]*+)!(?P<name>\S.*?)(?:\+0x[0-9a-f]++)?(?: \[(?P<file>[^\]]*?) @ "
    r"(?P<line>\d++)\])?\s*$"
)
_BANG = re.compile(
    r"^\s*+(?:\[[^\]]*+\]\s*+)?(?:0x[0-9a-fA-F]++ )?(?P<module>[\w.-]++)!(?P<name>\S.*?)(?: "
    r"\[(?P<file>[^\]]*?):(?P<line>\d++)\]|\+0x[0-9a-f]++)\s*$"
)
_ZIG = re.compile(
    r"^(?P<place>(?P<file>[^\s:]++):\d++:\d++): 0x[0-9a-f]++ in (?P<name>\S++) \((?P<module>[^()]*+)\)\s*$"
)
_GLOG = re.compile(r"^\s*+@\s++0x[0-9a-f]++\s++(?P<name>\S.*?)\s*$")
_BOOST = re.compile(
    r"^\s*+(?P<number>\d++)# (?:0x[0-9A-Fa-f]++ in (?P<module>\S++)"
    r"|(?P<name>\S.*?)(?: (?:at (?P<place>[^\s:]++:\d++)"
    r"|in (?P<module2>\S++)))?)(?: \[0x[0-9a-f]++\])?\s*$"
)
_GDB_LIST = re.compile(r"^\d++\t")


def frame_at(lines: tuple[str, ...], at: int) -> Line | None:
    """The frame on line ``at`` in any spelling; see :func:`joined` for calls that gdb broke over lines."""
    line = lines[at]
    mark = line.lstrip()[:1]
    if mark == "#":
        return _hash(line, at)
    for signs, read in _BY_SIGN:
        if any(sign in line for sign in signs):
            found = read(line, at)
            if found:
                return found
    return None


def joined(lines: tuple[str, ...], at: int) -> tuple[Line | None, int]:
    """A gdb frame that begins on line ``at``, with the lines that gdb or a mail program broke it into.

    The second value is the last line it takes.
    """
    text = lines[at]
    last = at
    while last + 1 < len(lines) and last < at + 12 and not _gdb_complete(text):
        following = lines[last + 1]
        if not following.strip() or following.lstrip().startswith(("#", "(gdb)", "[")) or _GDB_LIST.match(following):
            break
        last += 1
        text = f"{text.rstrip()} {following.strip()}"
    found = _gdb(text, at)
    if found is None or last == at:
        return found, at
    frame = found.frame
    if frame.file and frame.line:
        printed = _find_place(lines, at, last, frame)
        return Line(found.number, _replace_printed(frame, printed)), last
    return found, last


def stop_frame(line: str, at: int) -> Frame | None:
    """The frame that gdb prints without a number where a program stops."""
    stop = _GDB_STOP.match(line)
    if stop is None:
        return None
    name = _before_arguments(stop["rest"])
    return (
        _made(name, stop["place"], None, at, stop.start("place"))
        if " from " not in line
        else _made(name, None, stop["place"], at)
    )


def place_frame(text: str, at: int, start: int, function: str | None = None) -> Frame:
    """A frame from ``path:line`` or ``path:line:column`` at column ``start`` of line ``at``."""
    return _made(function, text, None, at, start)


def _hash(line: str, at: int) -> Line | None:
    for read in (_android, _sanitizer, _systemd, _thread_sanitizer, _gdb, _symbols):
        found = read(line, at)
        if found:
            return found
    return None


def _sanitizer(line: str, at: int) -> Line | None:
    match = _SANITIZER.match(line)
    if match is None:
        return None
    number = int(match["number"][:6])
    rest = match["rest"]
    if rest is None or rest == "in":
        return Line(number, _made(None, None, None, at))
    if match["in"] and _looks_like_gdb(rest):
        return None
    return Line(number, _symbolized(rest, at, match.start("rest")))


def _looks_like_gdb(rest: str) -> bool:
    """Whether arguments have values, or "at" stands before the place: the symbolizer does neither."""
    return bool(re.search(r"\) (?:at|from) \S++$|^\S++ \((?:\w++=|\)$)", rest)) or rest.endswith(" ()")


def _thread_sanitizer(line: str, at: int) -> Line | None:
    match = _THREAD_SANITIZER.match(line)
    if match is None:
        return None
    return Line(int(match["number"][:6]), _symbolized(match["rest"], at, match.start("rest")))


def _symbolized(rest: str, at: int, start: int) -> Frame:
    """``name place (module+0x12) (BuildId: ab)``, where each part may be missing."""
    text = _TAIL.sub("", rest.rstrip())
    loaded = _MODULE.search(text)
    module = (loaded["module"] or loaded["symbolizer"]) if loaded else None
    if loaded:
        text = text[: loaded.start()].rstrip()
    name, place, column = _split_place(text)
    if place is None and name and module is None and re.fullmatch(r"\S++\.(?:so|dll|dylib|exe)[\d.]*+", name):
        return _made(None, None, name, at)
    return _made(name or None, place, module, at, start + column)


def _split_place(text: str) -> tuple[str, str | None, int]:
    """The symbol and the place at the end of ``text``; a path may hold spaces when it is absolute."""
    if text.endswith(" ??:?") or text.endswith(" ??:0") or text.endswith(" <null>"):
        return text.rpartition(" ")[0], None, 0
    if not _PLACE.search(text):
        last = text.rpartition(" ")[2]
        if "/" in last and re.search(r"\.[A-Za-z+]{1,4}$", last):
            return text[: -len(last)].rstrip(), last, len(text) - len(last)
        return text, None, 0
    closed = max(text.rfind(")"), text.rfind(">"), 0)
    for absolute in (" /", " C:\\", " D:\\", " c:\\", " C:/"):
        begin = text.find(absolute, closed)
        if begin >= 0:
            return text[:begin].rstrip(), text[begin + 1 :], begin + 1
    begin = text.rfind(" ") + 1
    return text[:begin].rstrip(), text[begin:], begin


def _systemd(line: str, at: int) -> Line | None:
    match = _SYSTEMD.match(line)
    if match is None or match["name"] == "in":
        return None
    module = match["module"] if match["module"] not in (None, "n/a") else None
    name = None if match["name"] == "n/a" else match["name"]
    return Line(int(match["number"][:6]), _made(name, None, module, at))


def _gdb(line: str, at: int) -> Line | None:
    match = _GDB.match(line)
    if match is None:
        return None
    number = int(match["number"][:6])
    rest = match["rest"].rstrip()
    if rest.startswith("<signal handler called>"):
        return Line(number, _made("<signal handler called>", None, None, at))
    if rest.startswith("0x") and "(" not in rest:
        return None
    # Arguments may hold anything, " at " too: the last one that a place follows counts.
    at_sign = rest.rfind(") at ")
    if at_sign >= 0 and _PLACE.search(rest):
        place_start = at_sign + len(") at ")
        return Line(
            number,
            _made(
                _before_arguments(rest[: at_sign + 1]), rest[place_start:], None, at, match.start("rest") + place_start
            ),
        )
    from_sign = rest.rfind(") from ")
    if from_sign >= 0:
        return Line(
            number, _made(_before_arguments(rest[: from_sign + 1]), None, rest[from_sign + len(") from ") :], at)
        )
    if (match["address"] and rest == "??") or rest.startswith("?? ("):
        return Line(number, _made("??", None, None, at))
    if " (" in rest and rest.endswith(")"):
        return Line(number, _made(_before_arguments(rest), None, None, at))
    return None


def _gdb_complete(text: str) -> bool:
    return bool(re.search(r"\) (?:at \S.*:\d++|from \S++)\s*$|<signal handler called>\s*$", text))


def _before_arguments(text: str) -> str:
    """``ns::f<int>`` of ``ns::f<int> (this=0x0, s="(")``: gdb puts one space before the arguments."""
    begin = text.find(" (")
    while begin >= 0 and text[:begin].endswith(("operator", "const")):
        begin = text.find(" (", begin + 1)
    if begin > 0:
        return text[:begin]
    begin = text.find("(", 1)
    return text[:begin] if begin > 0 else text


def _lldb(line: str, at: int) -> Line | None:
    match = _LLDB.match(line)
    if match is None:
        return None
    rest = match["rest"].rstrip()
    place, start = None, 0
    at_sign = rest.rfind(" at ")
    if at_sign >= 0:
        found = re.match(r"[^\s:]++:\d++(?::\d++)?", rest[at_sign + 4 :])
        if found:
            place, start = found[0], match.start("rest") + at_sign + 4
        rest = rest[:at_sign]
    name = re.sub(r" \+ \d++$", "", rest.replace(" [inlined]", "").replace(" [opt]", "").rstrip())
    name = _before_arguments(name) if re.search(r"\(\w++=", name) else name
    return Line(int(match["number"][:6]), _made(name, place, match["module"].strip() or None, at, start))


def _android(line: str, at: int) -> Line | None:
    match = _ANDROID.match(line)
    if match is None:
        return None
    rest = match["rest"] or ""
    rest = re.sub(r"\) \(BuildId: [^)]*+$|^BuildId: .*", "", rest)
    name = re.sub(r"\+\d++$", "", rest).strip()
    return Line(int(match["number"][:6]), _made(name or None, None, match["module"], at))


def _symbols(line: str, at: int) -> Line | None:
    match = _SYMBOLS.match(line)
    if match and (match["module"] or match["name"]):
        number = match["number"] or match["number2"]
        return Line(int(number[:6]) if number else None, _made(match["name"] or None, None, match["module"], at))
    if _ADDRESS.match(line):
        return Line(None, _made(None, None, None, at))
    named = _NAMED.match(line)
    return Line(None, _made(named["name"], None, None, at)) if named else None


def _mac(line: str, at: int) -> Line | None:
    match = _MAC.match(line)
    if match is None:
        return None
    place = match["place"] if match["place"] and _PLACE.search(match["place"]) else None
    return Line(
        int(match["number"][:6]), _made(match["name"], place, match["module"], at, match.start("place") if place else 0)
    )


def _valgrind(line: str, at: int) -> Line | None:
    match = _VALGRIND.match(line) or _VALGRIND_BARE.match(line)
    if match is None:
        return None
    groups = match.groupdict()
    place = groups.get("place")
    name = None if match["name"] == "???" else match["name"]
    return Line(None, _made(name, place, groups.get("module"), at, match.start("place") if place else 0))


def _v8(line: str, at: int) -> Line | None:
    match = _V8.match(line)
    if match is None:
        return None
    return Line(int(match["number"][:6]), _made(match["name"] or match["bare"], None, match["module"], at))


def _minidump(line: str, at: int) -> Line | None:
    match = _MINIDUMP.match(line)
    if match is None:
        return None
    place = f"{match['file']}:{match['line']}" if match["file"] else None
    return Line(
        int(match["number"][:6]), _made(match["name"], place, match["module"], at, match.start("file") if place else 0)
    )


def _windbg(line: str, at: int) -> Line | None:
    match = _WINDBG.match(line) or _BANG.match(line)
    if match is None:
        return None
    place = f"{match['file']}:{match['line']}" if match["file"] else None
    return Line(None, _made(match["name"], place, match["module"], at, match.start("file") if place else 0))


def _zig(line: str, at: int) -> Line | None:
    match = _ZIG.match(line)
    return Line(None, _made(match["name"], match["place"], None, at)) if match else None


def _glog(line: str, at: int) -> Line | None:
    match = _GLOG.match(line)
    return Line(None, _made(match["name"], None, None, at)) if match else None


def _boost(line: str, at: int) -> Line | None:
    match = _BOOST.match(line)
    if match is None:
        return None
    module = match["module"] or match["module2"]
    return Line(
        int(match["number"][:6]),
        _made(match["name"], match["place"], module, at, match.start("place") if match["place"] else 0),
    )


_BY_SIGN: tuple[tuple[tuple[str, ...], Callable[[str, int], Line | None]], ...] = (
    (("frame #",), _lldb),
    (("==",), _valgrind),
    (("@ 0x", "@     0x", "@  "), _glog),
    (("# ",), _boost),
    (("[0x",), _symbols),
    ((" pc ",), _android),
    ((": 0x",), _zig),
    ((": 0x", ": _"), _v8),
    (("!",), _minidump),
    (("!",), _windbg),
    ((" + 0x",), _minidump),
    ((" + ",), _mac),
)


def _made(name: str | None, place: str | None, module: str | None, at: int, start: int = 0) -> Frame:
    file, line, column = None, None, None
    if place:
        found = _PLACE.search(place)
        file = place[: found.start()] if found else place
        line = int(found["line"][:9]) or None if found else None
        column = int(found["column"][:9]) or None if found and found["column"] else None
        if file in ("??", "<unknown>", "<null>"):
            file = line = column = None
    shown = module.strip() if module and module.strip() not in ("<unknown module>", "<unknown>") else None
    return Frame(
        file=file,
        line=line,
        function=name,
        column=column,
        module=shown,
        origin=origin(name, file, shown),
        printed=Span(at, start, start + len(place)) if place and file else None,
    )


def _find_place(lines: tuple[str, ...], at: int, last: int, frame: Frame) -> Span | None:
    """Where ``file:line`` stands after joining, if it is whole on one of the lines."""
    wanted = f"{frame.file}:{frame.line}"
    for index in range(last, at - 1, -1):
        begin = lines[index].find(wanted)
        if begin >= 0:
            return Span(index, begin, begin + len(wanted))
    return None


def _replace_printed(frame: Frame, printed: Span | None) -> Frame:
    return Frame(frame.file, frame.line, frame.function, frame.column, frame.module, frame.origin, printed, frame.text)
