"""Where a kernel's report begins and ends, and its headline.

The wording is that of lib/dump_stack.c, kernel/panic.c, mm/kasan/report.c, kernel/locking/lockdep.c and
mm/oom_kill.c in Linux, of the SPL in OpenZFS, and of ddb in the BSDs.
"""

import re
from dataclasses import dataclass

from crashlight_sdk import Cause, Crash, Frame, Span

from .frames import frame_at, is_doubtful, named

MAX_LINES = 2500
STRANGERS = 6  # lines of other programs that the console may put between two of a report
PREFIX = re.compile(
    r"^(?:<\d{1,3}>)?(?:\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d\S*+ )?(?:\w{3} [ \d]\d \d\d:\d\d:\d\d "
    r"\S++ kernel: |\S++ kernel: "
    r"|kernel: )?(?:\[\s*+\d++\.\d{3,6}\](?:\s?\[\s*+[TC]\d++\])? ?)?(?:(?:watchdog|NMI watchdog|rcu"
    r"|kasan): (?=BUG|INFO|Watchdog))?"
)


@dataclass(frozen=True, slots=True)
class _Headline:
    pattern: re.Pattern[str]
    weak: bool = False  # a follow-up of another headline, and a report of its own only where it stands alone


def _h(pattern: str, *, weak: bool = False) -> _Headline:
    return _Headline(re.compile(rf"^\s*+{pattern}", re.DOTALL), weak)


_HEADLINES = (
    _h(
        r"(?P<type>BUG: (?:KASAN|KCSAN|KMSAN|KFENCE): [\w-]++(?: (?!in |on "
        r"|at )[\w-]++)*+(?: in [\w.$]++)?)(?P<message>.*)$"
    ),
    _h(
        r"(?:.*? )?(?P<type>BUG: unable to handle [\w-]++(?: (?!at |for )[\w-]++)*+(?: for address)?)(?:[:,]"
        r"| at)? ?(?P<message>.*)$"
    ),
    _h(r"(?P<type>BUG: kernel NULL pointer dereference), (?P<message>.*)$"),
    _h(r"(?P<type>BUG: soft lockup)(?: - )?(?P<message>.*)$"),
    _h(r"(?:.*? )?(?P<type>Watchdog detected hard LOCKUP)(?P<message>.*)$"),
    _h(r"\[ (?P<type>BUG: [^\]!]++)!? ?\](?P<message>)"),
    _h(r"\[ (?P<type>INFO: [^\].]++)\.? ?\](?P<message>)"),
    _h(r"(?P<type>kernel BUG at [^!]*+)!?(?P<message>.*)$"),
    _h(r"(?P<type>VERIFY\d?\w?\(.*\) failed)(?: (?P<message>\(.*\))|:? ?(?P<message2>.*))?$"),
    _h(r"(?P<type>PANIC at (?P<file>[\w./-]++):(?P<line>\d++):(?P<function>\w++)\(\))(?P<message>.*)$"),
    _h(r"(?:.*?syz\S* )?(?P<type>general protection fault)(?:, |: )?(?P<message>.*)$"),
    _h(
        r"(?P<type>(?:divide error|invalid opcode|double fault|stack segment|int3"
        r"|segment not present)): (?P<message>\d{4} \[#\d.*)$"
    ),
    _h(
        r"(?P<type>Unable to handle kernel [\w -]*?(?:paging request|pointer dereference|access"
        r"|request))(?: at)? ?(?P<message>.*)$"
    ),
    _h(r"(?P<type>Unhandled fault): (?P<message>.*)$"),
    _h(r"(?P<type>Internal error): (?P<message>(?:: |Oops|synchronous|undefined).*)$", weak=True),
    _h(r"(?P<type>(?:list_add|list_del) corruption)(?P<message>.*)$"),
    _h(r"(?P<type>refcount_t): (?P<message>.*)$"),
    _h(r"(?P<type>ODEBUG): (?P<message>.*)$"),
    _h(r"(?P<type>UBSAN): (?P<message>.*)$"),
    _h(
        r"(?P<type>WARNING): (?P<message>CPU: \d++ PID: \d++ at (?P<file>[\w./+-]++):(?P<line>\d++)(?: "
        r"(?P<function>[\w.$]++))?.*)$"
    ),
    _h(
        r"(?P<type>WARNING): (?P<message>(?:possible|suspicious|inconsistent|bad unlock|held lock"
        r"|kernel stack|\S++ still has locks|lock held|.* is trying to).*)$"
    ),
    _h(
        r"(?P<type>INFO): (?P<message>(?:task \S++ blocked for more than|rcu\w*+ (?:detected|self-detected)"
        r"|task \S++ can't die|trying to register non-static).*)$"
    ),
    _h(
        r"(?P<type>BUG): (?P<message>(?:memory leak|sleeping function called|scheduling while atomic"
        r"|using (?:smp_processor_id|__this_cpu)|Bad (?:page|rss)|Dentry .* still in use|workqueue lockup"
        r"|non-zero|MAX_\w++ too low|looking up invalid|spinlock|rwlock|stack guard|workqueue leaked"
        r"|held lock|bad unlock|looks|.* too low|Object .* not|assuming|key |.*recursion|atomic).*)$"
    ),
    _h(r".*?(?<!\S)(?P<message>\S{1,100} invoked oom-killer: .*)(?P<type>)$"),
    _h(r"(?P<type>Out of memory): (?P<message>Kill(?:ed)? process .*)$", weak=True),
    _h(r"(?P<type>Memory cgroup out of memory): (?P<message>Kill(?:ed)? process .*)$", weak=True),
    _h(r"(?P<type>Kernel panic - not syncing): ?(?P<message>.*)$", weak=True),
    _h(r"(?P<type>Fatal trap \d++): (?P<message>.*)$"),
    _h(r"(?P<type>ZIRCON KERNEL PANIC)(?P<message>.*)$"),
)
_BSD_PANIC = re.compile(r"^\s*+(?P<type>panic): (?P<message>.*)$")
_BSD_SIGN = re.compile(
    r"^\s*+(?:cpuid = |KDB: |db>|Stopped at |time = |Starting stack trace|\w++\(\) at \w++\+0x"
    r"|syncing disks|rebooting|fault_\w++:|.*\(\) at .*\+0x)"
)
_SIGNS = re.compile(
    r"BUG|WARNING|INFO|panic|PANIC|fault|Unable to handle|Internal error|corruption|refcount_t|ODEBUG"
    r"|UBSAN|VERIFY|oom-killer|ut of memory|LOCKUP|lockup|divide error|invalid opcode|Fatal trap"
    r"|stack segment|int3:|segment not"
)
_KNOWN = re.compile(
    r"^\s*+(?:CPU: ?\d|PID: |Hardware name|Call [Tt]race|<(?:/?(?:TASK|IRQ|NMI|EOI|SOFTIRQ|#\w++"
    r"|ENTRY_TRAMPOLINE))>|RIP|RSP|R[A-Z0-9]{2}: |EIP|ESP|E[A-Z]{2}: |FS: |CS: |CR[0-9]: |DR[0-9]: |PKRU"
    r"|Code: |Modules linked|Process |Stack:|Tainted|Workqueue"
    r"|(?:[Rr]ead|[Ww]rite)\b|Allocated by|Freed by|Last potentially|The buggy|which belongs|located "
    r"|page:|raw: |flags: |head:|page dumped|Memory state|Pointer tag|>?\s*+[0-9a-f]{8,16}: |\^|kasan"
    r"|PC is at|LR is at|pc : |lr : |sp : |x\d\d?\s*:|r\d++\s*:|fp : |psr|Flags: |Control: |pstate"
    r"|Kernel panic|Kernel Offset|Rebooting|Dumping ftrace|\(ftrace"
    r"|---\[ end|------------\[|={10,}|-{10,}|other info|stack backtrace|\d++ locks? held|#\d: |irq event"
    r"|hardirqs|softirqs|but task is|which lock|the existing|-> #|-> \(|\[<|possible unsafe|CPU0|lock\("
    r"|\*\*\* |task:|task \S++ |\"echo 0|Not tainted|Possible |Chain exists|-+$|\w++ is trying"
    r"|but there are no|Showing (?:stack|busy|all)|PANIC at|SMP|PREEMPT|Oops|Internal error"
    r"|invalid opcode|general protection|traps:|pgd|\[[0-9a-f]{8,16}\] |PGD|last sysfs|Mem|mem abort|ESR"
    r"|EC =|SET =|FSC|EA =|Data abort|ISV|CM =|swapper|user pgtable|Insufficient|Reported by|race at"
    r"|value changed|freed|allocated|unreferenced|comm |hex dump|backtrace|NIP|LR \[|REGS|MSR|GPR|CFAR"
    r"|Instruction dump"
    r"|Node \d|DMA|Normal|active_anon|lowmem|Total swap|Swap cache|Free swap|\d++ (?:total )?pages"
    r"|\[ *(?:\d++|pid) *\]|Tasks state|oom_reaper|oom-kill|Out of memory|Memory cgroup|memory: usage"
    r"|memory\+swap|kmem: |Killed process|cpuid|apic id|fault|instruction pointer|stack pointer"
    r"|frame pointer|code segment|= DPL|processor eflags|current process|trap number|rd[ix]:|r\d++: "
    r"|panic: |time = |KDB|db>|Uptime|Dumping|bt#|dso:|platform|panic \(|unexpected|BUG|WARNING|INFO|rcu"
    r"|NMI|Sending NMI|All QSes|\(detected|\(t=|_*\w++ *[RDSIT] +running|nvcsw|watchdog|Use-after|kfence"
    r"|Call-trace|RAX|sched)"
)
_TRACE_ENDS = re.compile(
    r"^\s*+(?:Allocated by|Freed by|Last potentially|The buggy|Memory state|---\[ end|Mem-Info|</TASK>"
    r"|RIP: 0033|Showing all|Reported by|freed|allocated)"
)
_END = re.compile(r"---\[ end (?:trace|Kernel panic)|^\s*+Rebooting in|^\s*+end Kernel panic")
_RULE = re.compile(r"^\s*+={20,}\s*$")
_CUT = re.compile(r"^\s*+-{8,}\[ cut here \]-{8,}|^\s*+[=-]{20,}\s*$|^\s*+8<--- cut here ---")
_PC = re.compile(
    r"^\s*+(?:RIP: (?:[0-9a-f]{4}:)?|PC is at ?|pc : "
    r"|EIP: )(?:\[<[^>]*+>\] )?(?:\[<[^>]*+>\] "
    r")?(?P<name>[A-Za-z_.][\w.$]*+(?:\+0x[0-9a-f]++(?:/0x[0-9a-f]++)?)?(?: [^\s:]++:\d++)?)"
)
_KILLED = re.compile(r"(?P<type>(?:Memory cgroup o|O)ut of memory): (?P<message>Kill(?:ed)? process .*)$")
_USER_MODE = re.compile(r"RIP: 0033:")


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report whose headline is line ``at``; ``lines`` have had the kernel's own prefixes blanked."""
    line = lines[at]
    if not _SIGNS.search(line):
        return None
    for headline in _HEADLINES:
        match = headline.pattern.match(line)
        if match:
            return _report(lines, at, floor, match, headline.weak)
    panic = _BSD_PANIC.match(line)
    if panic and any(_BSD_SIGN.match(below) for below in lines[at + 1 : at + 4]):
        return _report(lines, at, floor, panic, weak=True)
    return None


def _report(lines: tuple[str, ...], at: int, floor: int, match: re.Match[str], weak: bool) -> Crash | None:
    first = at
    while first > floor and at - first < 3 and _CUT.match(lines[first - 1]):
        first -= 1
    body = _Body(lines, at)
    groups = {name: text for name, text in match.groupdict().items() if text}
    crash_type, message = groups.get("type", ""), (groups.get("message") or groups.get("message2") or "").strip(" :")
    if not crash_type:
        crash_type = "Out of memory"
        if body.killed:
            crash_type, message = body.killed["type"], body.killed["message"]
    if crash_type.startswith("PANIC at") and not body.frames:
        return None
    if weak and not body.frames and crash_type in ("Internal error", "panic"):
        return None
    place = _place(match, groups, at) or body.place
    frames = _joined(place, body)
    message = re.sub(r"\+0x[0-9a-f]++/0x[0-9a-f]++", "", message)
    if crash_type.startswith("VERIFY") and message.startswith("("):
        message = message.strip("()")
    cause = Cause(
        crash_type.strip(),
        message,
        frames,
        Span(at, match.start("type") if groups.get("type") else 0),
        "\n".join(body.details),
    )
    return Crash("kernel", first, body.last, (cause,))


class _Body:
    """What follows a headline: frames of the first call trace, the instruction, the end."""

    def __init__(self, lines: tuple[str, ...], at: int) -> None:
        self.last = at
        self.frames: tuple[Frame, ...] = ()
        self.instruction: Frame | None = None
        self.place: Frame | None = None
        self.killed: re.Match[str] | None = None
        self.details: list[str] = []
        self._read(lines, at)

    def _read(self, lines: tuple[str, ...], at: int) -> None:
        strangers, index, last_frame, ended = 0, at + 1, at, False
        closed = False
        ruled = at > 0 and bool(_RULE.match(lines[at - 1]))
        while index < min(len(lines), at + MAX_LINES) and strangers <= STRANGERS:
            line = lines[index]
            if not line.strip():
                index += 1
                continue
            if self._is_next_report(lines, index, at) or (ended and _CUT.match(line)):
                break
            frame = frame_at(line, index)
            if frame or is_doubtful(line):
                # One trace only: the stacks of "Allocated by" and "Freed by" come after it.
                if not closed and (not self.frames or index - last_frame < 8):
                    self.frames += (frame,) if frame else ()
                    last_frame = index
                self.last, strangers = index, 0
            elif _KNOWN.match(line):
                self._note(line, index)
                closed = closed or (bool(self.frames) and bool(_TRACE_ENDS.match(line)))
                self.last, strangers = index, 0
                ended = ended or bool(_END.search(line))
                if ruled and _RULE.match(line) and index > at + 6 and self.frames:
                    break
            else:
                strangers += 1
            index += 1

    def _is_next_report(self, lines: tuple[str, ...], index: int, at: int) -> bool:
        if not _SIGNS.search(lines[index]):
            return False
        for headline in _HEADLINES:
            if not headline.weak and headline.pattern.match(lines[index]):
                # A chain of headlines before any trace tells of one fault; after a trace a new fault begins.
                return bool(self.frames) and not lines[index].lstrip().startswith(
                    ("Oops", "general protection fault", "invalid opcode", "PANIC at")
                )
        return False

    def _note(self, line: str, index: int) -> None:
        text = line.strip()
        instruction = _PC.match(line)
        if instruction and self.instruction is None and not _USER_MODE.search(line):
            self.instruction = named(
                instruction["name"] if "+" in instruction["name"] else f"{instruction['name']}+0x0", index
            )
        panic = re.match(r"^PANIC at (?P<file>[\w./-]++):(?P<line>\d++):(?P<function>\w++)\(\)", text)
        bug = re.match(r"^(?:kernel BUG at|WARNING: CPU: \d++ PID: \d++ at) (?P<file>[\w./+-]++):(?P<line>\d++)", text)
        found = panic or bug
        if found and self.place is None:
            begin = line.find(found["file"])
            printed = Span(index, begin, begin + len(found["file"]) + 1 + len(found["line"]))
            function = f"{panic['function']}()" if panic else None
            self.place = Frame(found["file"], int(found["line"][:9]), function, origin="app", printed=printed)
        killed = _KILLED.search(text)
        if killed and self.killed is None:
            self.killed = killed
        if (
            re.match(
                r"^(?:[Rr]ead|[Ww]rite)\b|^Out of memory|^Memory cgroup|^Kernel panic|^CPU: |^kernel BUG"
                r"|^Workqueue|^memory: usage|^invalid opcode|^Oops",
                text,
            )
            and len(self.details) < 12
        ):
            self.details.append(text)


def _place(match: re.Match[str], groups: dict[str, str], at: int) -> Frame | None:
    """The place that the headline names: ``kernel BUG at fs/x.c:12!`` or ``in foo+0x12/0x40``."""
    if "file" in groups and "line" in groups:
        function = groups.get("function")
        shown = f"{function}()" if function and groups.get("type", "").startswith("PANIC") else function
        return Frame(
            groups["file"],
            int(groups["line"][:9]),
            shown,
            origin="app",
            printed=Span(at, match.start("file"), match.end("line")),
        )
    bug = re.match(r"kernel BUG at (?P<file>[\w./+-]++):(?P<line>\d++)", groups.get("type", ""))
    if bug:
        begin = match.start("type") + bug.start("file")
        return Frame(
            bug["file"],
            int(bug["line"][:9]),
            None,
            origin="app",
            printed=Span(at, begin, match.start("type") + bug.end("line")),
        )
    return None


def _joined(place: Frame | None, body: _Body) -> tuple[Frame, ...]:
    """The trace with the faulting instruction, and the place of the headline, in front."""
    frames = body.frames
    instruction = body.instruction
    if instruction and not any(frame.function == instruction.function for frame in frames):
        frames = (instruction, *frames)
    elif instruction:
        index = next(i for i, frame in enumerate(frames) if frame.function == instruction.function)
        frames = frames[index:]
    if place is None:
        return frames
    for index, frame in enumerate(frames):
        wanted = (place.function or "").rstrip("()")
        if (wanted and frame.function == wanted) or (not wanted and frame.origin == "app"):
            if frame.file and frame.line == place.line:
                return frames[index:]
            return (
                Frame(
                    place.file, place.line, place.function or frame.function, None, frame.module, "app", place.printed
                ),
                *frames[index + 1 :],
            )
    return (place, *frames)
