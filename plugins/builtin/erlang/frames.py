"""Stack traces of Erlang: as terms, and in the words of the shell and of proc_lib."""

import bisect
import re
from collections.abc import Sequence

from crashlight_sdk import Frame, Origin, Span

_TERM = re.compile(
    r"\{(?P<module>[a-z][\w@.]*+|'[^']*+'),\s*+(?P<function>[a-z_-][\w@/-]*+"
    r"|'[^']*+'),\s*+(?:(?P<arity>\d++)|\[(?:[^\[\]]|\[[^\[\]]*+\])*+\]),\s*+"
    r"\[(?P<place>\{file,\s*+\"(?P<file>[^\"]*+)\"\},\s*+\{line,\s*+(?P<line>\d++)\})?"
)
_SPOKEN = re.compile(
    r"^\s*+(?:in (?:function|call from)"
    r"|called from)\s++(?P<function>[^\s(]++)(?:\s++\((?P<place>(?P<file>[^,()]++), line "
    r"(?P<line>\d++))\))?"
)
_LAGER = re.compile(r"\b(?P<function>[a-z][\w@.]*+:[\w@'-]++/\d++)(?: at (?P<file>\S++))? line (?P<line>\d++)")
_OTP = re.compile(
    r"^(?:gen|gen_server|gen_statem|gen_fsm|gen_event|proc_lib|supervisor\w*+|application\w*+|erl_\w++"
    r"|init|erlang|lists|maps|shell|timer|ets|dets|gb_\w++|dict|orddict|sets|ordsets|io\w*+|file\w*+|rpc"
    r"|kernel"
    r"|escript|gen_tcp|gen_udp|inet\w*+|prim_\w++|string|binary|rand|re|eunit\w*+|logger\w*+|code\w*+"
    r"|error_handler|user_drv|group|queue|array|ssl\w*+|tls_\w++|crypto|public_key|mnesia\w*+|os|unicode"
    r"|calendar|httpc\w*+|c|test_server\w*+|ct_\w++|sys|global|error_logger|disk_log|zlib|epp|beam_lib"
    r"|persistent_term|counters|atomics)$"
)
_LIBRARY = re.compile(
    r"^(?:cowboy|ranch|lager|hackney|jiffy|jsx|jsone|mochiweb|poolboy|epgsql|gun|cow_|brod|eredis"
    r"|worker_pool|wpool|telemetry|meck|proper|recon|webmachine|ibrowse|riak_core|rebar|elli|yaws)"
)


def frames_of_term(lines: Sequence[str], first: int, last: int) -> tuple[Frame, ...]:
    """The frames in a stack that is printed as a list of tuples, over the lines ``first`` to ``last``."""
    text = "\n".join(lines[first : last + 1])
    starts = [0]
    for line in lines[first : last + 1]:
        starts.append(starts[-1] + len(line) + 1)
    frames: list[Frame] = []
    for match in _TERM.finditer(text):
        module, function = match["module"].strip("'"), match["function"].strip("'")
        name = f"{module}:{function}/{match['arity']}" if match["arity"] else f"{module}:{function}"
        printed = None
        if match["place"]:
            at = bisect.bisect_right(starts, match.start("place")) - 1
            begin = match.start("place") - starts[at]
            end = match.end("place") - starts[at]
            printed = Span(first + at, begin, end if end <= len(lines[first + at]) else None)
        frames.append(_made(module, name, match["file"], match["line"], printed))
    return tuple(frames)


def spoken_frame(line: str, at: int) -> Frame | None:
    """A line such as ``in call from shop:price/2 (src/shop.erl, line 12)``."""
    match = _SPOKEN.match(line)
    if match is None:
        return None
    printed = Span(at, match.start("place"), match.end("place")) if match["place"] else None
    module, colon, _ = match["function"].partition(":")
    return _made(module if colon else "erlang", match["function"], match["file"], match["line"], printed)


def lager_frames(line: str, at: int) -> tuple[Frame, ...]:
    """The places that Lager puts into its one line."""
    return tuple(
        _made(
            match["function"].partition(":")[0],
            match["function"],
            match["file"],
            match["line"],
            Span(at, match.start(), match.end()),
        )
        for match in _LAGER.finditer(line)
    )


def origin(module: str, file: str | None) -> Origin:
    """By the module: OTP's own are the runtime, those of well-known packages or below deps/ a library."""
    if _OTP.match(module):
        return "runtime"
    if _LIBRARY.match(module) or (file and re.search(r"(?:^|/)deps/", file)):
        return "library"
    return "app"


def _made(module: str, function: str, file: str | None, line: str | None, printed: Span | None) -> Frame:
    number = int(line[:9]) or None if line else None
    return Frame(file or None, number, function, module=module, origin=origin(module, file), printed=printed)
