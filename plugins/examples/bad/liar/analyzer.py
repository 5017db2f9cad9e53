"""Says that a crash stands where the window has no lines, in a language that there is none of."""

from crashlight_sdk import Cause, Crash, Finding, Frame, Intent, Span


class Analyzer:
    def parse(self, window):
        end = len(window.lines)
        honest = Crash("other", 0, 0, (Cause("an honest one", window.lines[0]),))
        return [
            honest,
            Crash("other", end, end + 5, (Cause("beyond the window", ""),)),
            Crash("klingon", 1, 1, (Cause("no such language", ""),)),
            Crash("other", 1, 1, ()),
            Crash("other", 1, 1, (Cause("a span beyond the line", "", printed=Span(1, 0, 10_000)),)),
            Crash("other", 1, 1, (Cause("escape \x1b[2J", ""),)),
            Crash("other", 1, 1, (Cause("x", "", (Frame("a", -3, "f"),)),)),
            Crash("other", 0, 1, (Cause("overlaps the first one", ""),)),
        ]

    def explain(self, crash, excerpt):
        return Finding(
            "other",
            "It lies.",
            "Believe nothing.",
            0.5,
            "liar/lie",
            (
                Intent("run_program", "Run a program", args={"program": "rm -rf /"}),
                Intent("replace_line", "Change a line that was not shown", line=4711, args={"text": "evil"}),
                Intent("rename_to", "Rename without a name", args={"file": "/etc/passwd"}),
                Intent("add_import", "An honest one", args={"module": "json"}),
            ),
        )
