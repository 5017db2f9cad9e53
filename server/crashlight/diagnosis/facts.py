"""What a trace says by itself, for crashes that no rule knows: the words of its class and message."""

import re

from crashlight.domain import Explanation, Occurrence

HINTED, UNKNOWN = 0.45, 0.2  # confidence of a category that a word hints at, and of none

# The order is that of the categories: the first that fits is right.
_HINTS: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (category, re.compile(words, re.IGNORECASE), fix)
    for category, words, fix in (
        (
            "permission",
            r"permission|access.?(?:is.)?denied|forbidden|unauthori[sz]ed|EACCES|EPERM|not.permitted",
            "Give the program the right it lacks, or let it use something that it may.",
        ),
        (
            "missing-dependency",
            r"(?:module|package|library|class|command|executable|gem|crate).{0,40}not.{0,4}found|no.module.named"
            r"|ClassNotFound|NoClassDef|cannot.find.(?:module|package)|cannot.load.such.file|LoadError",
            "Install what is missing, or correct its name.",
        ),
        (
            "version-or-api-mismatch",
            r"NoSuchMethod|NoSuchField|UnsupportedClassVersion|AbstractMethod|incompatible.version|version.mismatch",
            "Bring the library and the code that calls it to versions that fit.",
        ),
        (
            "configuration",
            r"environment.variable|config(?:uration)?.{0,30}(?:missing|invalid|not.set|not.found)|not.configured",
            "Set what the configuration lacks.",
        ),
        (
            "resource-exhaustion",
            r"out.?of.?memory|MemoryError|heap.space|no.space.left|ENOSPC|too.many.open.files|EMFILE|oom|quota",
            "Find what uses up the resource, or raise its limit.",
        ),
        (
            "unbounded-recursion",
            r"stack.?overflow|recursion|call.stack.size|stack.level.too.deep",
            "Give the recursion an end, or make it a loop.",
        ),
        (
            "concurrency",
            r"deadlock|data.race|concurrent|race.condition|already.closed|lock.{0,12}(?:poison|timeout)",
            "Guard what several threads use, or give it one owner.",
        ),
        (
            "network-or-timeout",
            r"time.?d?.?out|connection|connect|socket|refused|unreachable|ECONN|ENOTFOUND|EHOSTUNREACH|dns|tls|ssl",
            "Check that the peer is up and can be reached, and retry with a limit.",
        ),
        (
            "io-or-filesystem",
            r"ENOENT|EISDIR|EEXIST|EPIPE|broken.pipe|no.such.file|file.?not.?found|directory|FileSystem|IOException",
            "Check that the path exists and is what the program expects.",
        ),
        (
            "memory-corruption",
            r"SIGSEGV|SIGBUS|segmentation|heap-|stack-buffer|use.after.free|double.free|corrupt|bad.?access",
            "Look for a pointer or index that went out of its memory before this line.",
        ),
        (
            "parsing-or-encoding",
            r"json|xml|yaml|parse|syntax|decode|encod|unicode|utf|malformed|format|unexpected.(?:token|end|character)",
            "Check the text that is read, and handle the case that it is malformed.",
        ),
        (
            "numeric",
            r"divi(?:de|sion)|by.zero|overflow|arithmetic|domain.error|NaN\b",
            "Check the number before it is used.",
        ),
        (
            "missing-key-or-index",
            r"KeyError|IndexError|out.of.(?:range|bounds)|OutOfBounds|key.{0,20}not.found|NoSuchElement|missing.key",
            "Check that the element is there before it is read.",
        ),
        (
            "null-or-undefined",
            r"null|\bnil\b|undefined|NoneType|unwrap.{0,20}none",
            "Handle the case that the value is absent.",
        ),
        (
            "type-mismatch",
            r"TypeError|ClassCast|cannot.(?:cast|convert)|wrong.type|invalid.type|is.not.a.function",
            "Convert the value, or pass one of the type that is expected.",
        ),
        (
            "assertion-or-invariant",
            r"assert|invariant|illegal.?state|precondition|unreachable.code|SIGABRT|invalid.?operation",
            "Find out how the program came into a state that it rules out itself.",
        ),
        (
            "unhandled-input",
            r"illegal.?argument|invalid.?argument|ValueError|unsupported|not.supported|unknown|unhandled|unexpected",
            "Handle this case, or refuse it with a clear message where it comes in.",
        ),
    )
)


_PACKAGE = re.compile(r"^.*[.:\\]")


def explain(occurrence: Occurrence) -> Explanation:
    """Always an explanation. Its cause repeats what the runtime said, at the place to look at."""
    root = occurrence.crash.root
    said = " ".join(root.message.split())[:300]
    cause = f"{root.crash_type}: {said}" if said else root.crash_type
    if occurrence.culprit and occurrence.culprit.frame.file:
        frame = occurrence.culprit.frame
        where = f"{frame.file}:{frame.line}" if frame.line else frame.file
        cause += f" (at {where}{f' in {frame.function}' if frame.function else ''})"
    # A class says more than a message does, so it is looked at first; its package says nothing.
    for text in (_PACKAGE.sub("", root.crash_type), said):
        for category, words, fix in _HINTS:
            if words.search(text):
                return Explanation(category, HINTED, cause, fix, "facts")
    return Explanation("other", UNKNOWN, cause, "Look at this line and at what it was given.", "facts")
