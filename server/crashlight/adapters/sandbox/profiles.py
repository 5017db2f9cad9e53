"""What a restricted process may do: its system calls, each with its reason, and its limits.

Read on both sides: the parent names a profile, the child turns it into a filter. What no rule allows is
reported to the parent and denied. ``docs/security.md`` lists the same rules; a test compares them. These are
named tuples, since each dataclass would cost every child a millisecond.
"""

from typing import Any, Final, Literal, NamedTuple

Level = Literal["full", "seccomp", "process", "none"]
LEVELS: Final[tuple[Level, ...]] = ("full", "seccomp", "process", "none")  # best first

# Stand-ins for numbers that only the child knows.
OWN_PID: Final = -1
CONTROL_FD: Final = -2

PROT_EXEC: Final = 0x4
MAP_ANONYMOUS: Final = 0x20
WORD: Final = 0xFFFF_FFFF
POINTER: Final = 0xFFFF_FFFF_FFFF_FFFF
THREAD_FLAGS: Final = 0x0001_0F00  # CLONE_VM, FS, FILES, SIGHAND and THREAD
PROCESS_FLAGS: Final = 0x7E02_2000  # new namespaces of every kind, CLONE_PTRACE
ENOSYS: Final = 38


class Condition(NamedTuple):
    """``argument & mask == value``, for the argument of that index."""

    argument: int
    mask: int
    value: int


class Rule(NamedTuple):
    """One system call that is allowed when all conditions hold; with ``errno`` it fails silently instead."""

    call: str
    reason: str
    when: tuple[Condition, ...] = ()
    errno: int = 0


class Limits(NamedTuple):
    """Limits that the kernel holds; None leaves one as it is. ``cpu_s`` is a backstop for a whole life."""

    memory_mb: int | None = 256
    cpu_s: int | None = 3600
    file_kb: int | None = 0
    open_files: int | None = 64
    processes: int | None = 0

    def as_dict(self) -> dict[str, Any]:
        """As it travels to the child."""
        return self._asdict()


class Profile(NamedTuple):
    """A named set of rules."""

    name: Literal["strict", "native", "inference"]
    rules: tuple[Rule, ...]
    threads: bool = False


_NO_EXECUTION = Condition(2, PROT_EXEC, 0)

_INTERPRETER = (
    Rule("munmap", "gives memory back"),
    Rule("mremap", "grows a large object in place"),
    Rule("brk", "grows the heap"),
    Rule("madvise", "tells the kernel which memory is free"),
    Rule("mprotect", "guard pages of the heap; never executable", (_NO_EXECUTION,)),
    Rule("futex", "the interpreter's own locks"),
    Rule("clock_gettime", "the time of day, where the vDSO cannot say it"),
    Rule("getrandom", "seeds of hash tables"),
    Rule("getpid", "abort() asks for it"),
    Rule("gettid", "abort() asks for it"),
    Rule("tgkill", "abort() signals its own process", (Condition(0, WORD, OWN_PID),)),
    Rule("rt_sigaction", "abort() resets its handler"),
    Rule("rt_sigprocmask", "abort() and thread start block signals"),
    Rule("rt_sigreturn", "returns from a signal handler"),
    Rule("restart_syscall", "goes on after the process was stopped and continued"),
    Rule("close", "closes what was inherited"),
    Rule("exit", "ends a thread"),
    Rule("exit_group", "ends the process"),
    Rule("sendmsg", "hands the listener to the parent; closed before any input", (Condition(0, WORD, CONTROL_FD),)),
)

STRICT: Final = Profile(
    "strict",
    (
        Rule("read", "requests, from standard input alone", (Condition(0, WORD, 0),)),
        Rule("write", "answers, to standard output", (Condition(0, WORD, 1),)),
        Rule("write", "errors, to standard error", (Condition(0, WORD, 2),)),
        Rule(
            "mmap",
            "memory; never executable, never of a file",
            (_NO_EXECUTION, Condition(3, MAP_ANONYMOUS, MAP_ANONYMOUS)),
        ),
        *_INTERPRETER,
    ),
)

# For plugins with C extensions: the same rules. While such a plugin is loaded, the parent lets some of the
# calls through that it is asked about; see crashlight.adapters.sandbox.loading.
NATIVE: Final = Profile("native", STRICT.rules)

INFERENCE: Final = Profile(
    "inference",
    (
        Rule("read", "requests and the model, from inherited descriptors"),
        Rule("pread64", "the model, from an inherited descriptor"),
        Rule("write", "answers and saved state, to inherited descriptors"),
        Rule("pwrite64", "saved state, to an inherited descriptor"),
        Rule("lseek", "moves in the model and in the saved state"),
        Rule("fstat", "size of the model and of the saved state"),
        Rule("ftruncate", "empties the saved state before it is written again"),
        Rule("poll", "waits for a request while another runs"),
        Rule("ppoll", "waits for a request while another runs"),
        Rule("select", "waits for a request while another runs"),
        Rule("pselect6", "waits for a request while another runs"),
        Rule("fcntl", "reads the flags of a descriptor", (Condition(1, WORD, 3),)),
        Rule("mmap", "memory and the model's file; never executable", (_NO_EXECUTION,)),
        Rule(
            "clone",
            "starts a thread, never a process",
            (Condition(0, THREAD_FLAGS | PROCESS_FLAGS, THREAD_FLAGS),),
        ),
        Rule("clone3", "its flags cannot be read by a filter: the C library then takes clone", errno=ENOSYS),
        Rule("set_robust_list", "a thread's own locks"),
        Rule("rseq", "a thread's own restartable sequences"),
        Rule("sched_yield", "threads that wait for each other"),
        Rule("sched_getaffinity", "how many threads are worth having"),
        Rule("sched_setaffinity", "pins its own threads"),
        Rule("sched_getparam", "reads a thread's priority"),
        Rule("sched_getscheduler", "reads a thread's priority"),
        Rule("getcpu", "which core a thread is on"),
        Rule("nanosleep", "threads that wait"),
        Rule("clock_nanosleep", "threads that wait"),
        Rule("getrusage", "measures its own memory and time"),
        Rule("sigaltstack", "a thread's own signal stack"),
        Rule("prctl", "names a thread", (Condition(0, WORD, 15),)),
        *_INTERPRETER,
    ),
    threads=True,
)

PROFILES: Final[dict[str, Profile]] = {profile.name: profile for profile in (STRICT, NATIVE, INFERENCE)}
