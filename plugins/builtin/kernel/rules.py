"""What a kernel's report says went wrong, by its headline."""

from collections.abc import Callable

from crashlight_sdk.rules import Facts, Rule, rule


def _mentions(*words: str) -> Callable[[Facts], bool]:
    """Whether the headline, in any of its parts, has one of these words."""

    def look(facts: Facts) -> bool:
        text = f"{facts.cause.crash_type}: {facts.cause.message}".rstrip(": ")
        facts.found.setdefault("headline", text)
        return any(word in text for word in words)

    return look


RULES: tuple[Rule, ...] = (
    rule(
        "kernel/out-of-memory",
        "resource-exhaustion",
        "The machine or the memory cgroup ran out of memory, and the kernel killed a process: {message}",
        "Find what grew in that process; give the service or container the memory it needs, or limit what it takes in.",
        type=r"(?:Memory cgroup o|O)ut of memory",
        confidence=0.97,
    ),
    rule(
        "kernel/memory-leak",
        "resource-exhaustion",
        "Memory that {function} allocated is not reachable any more: {message}",
        "Free it on the path that drops the last reference.",
        message=r"memory leak",
        confidence=0.9,
    ),
    rule(
        "kernel/use-after-free",
        "memory-corruption",
        "{function} uses an object of the kernel that was already freed ({headline}).",
        'Look at the "Freed by" stack: hold a reference, or cancel timers and work before the object goes.',
        type=r"(?P<headline>.*(?:use-after-free|double-free|invalid-free|KFENCE).*)",
        confidence=0.95,
    ),
    rule(
        "kernel/kasan-null",
        "null-or-undefined",
        "{function} follows a null pointer ({headline}).",
        "Check the pointer before its use, and find out why it is null.",
        type=r"(?P<headline>.*null-ptr-deref.*)",
        confidence=0.93,
    ),
    rule(
        "kernel/kasan-user-access",
        "null-or-undefined",
        "{function} accesses an address of user space as if it were the kernel's ({message}): usually a "
        "member of a null object.",
        "Check the pointer; copy from user space with copy_from_user.",
        type=r".*(?:user-memory-access|wild-memory-access)",
        confidence=0.65,
    ),
    rule(
        "kernel/out-of-bounds",
        "memory-corruption",
        "{function} accesses memory outside of its object ({headline}).",
        "Check the index or length against the size of the object.",
        type=r"(?P<headline>.*(?:KASAN|out-of-bounds|invalid-access|slab-out|KMSAN).*)",
        confidence=0.93,
    ),
    rule(
        "kernel/data-race",
        "concurrency",
        "Two processors use the same memory without synchronisation: {headline}.",
        "Take the lock, or use READ_ONCE and WRITE_ONCE where the race is meant.",
        type=r"(?P<headline>.*KCSAN.*)",
        confidence=0.96,
    ),
    rule(
        "kernel/null-pointer",
        "null-or-undefined",
        "{function} dereferences a null pointer in the kernel ({message}).",
        "Check the pointer before its use, and find out why it is null.",
        type=r".*(?:NULL pointer dereference).*|Unhandled fault",
        confidence=0.92,
    ),
    rule(
        "kernel/paging-request",
        "memory-corruption",
        "{function} accesses an address that is not mapped: {message}.",
        "Find the pointer that was overwritten, never set or already freed; KASAN shows the first bad access.",
        type=r"(?:BUG: u|U)nable to handle .*|Fatal trap \d+|general protection fault|stack segment|page fault"
        r"|Internal error",
        confidence=0.75,
    ),
    rule(
        "kernel/refcount",
        "memory-corruption",
        "A reference count went wrong, so that an object may be used after it is freed: {message}",
        "Pair each get with one put; look at who drops the last reference.",
        type=r"refcount_t",
        confidence=0.85,
    ),
    rule(
        "kernel/list-corruption",
        "memory-corruption",
        "A linked list of the kernel is damaged: {message}",
        "An element was freed, or added or deleted twice; look for a missing lock.",
        type=r"list_(?:add|del) corruption",
        confidence=0.88,
    ),
    rule(
        "kernel/deadlock",
        "concurrency",
        "Locks are taken in an order, or in a context, that can deadlock: {headline}.",
        "Take the locks in one order everywhere; disable interrupts where an interrupt takes the lock too.",
        confidence=0.95,
        when=_mentions(
            "circular locking",
            "recursive locking",
            "inconsistent lock",
            "suspicious RCU",
            "unlock balance",
            "held lock",
            "locks held",
            "lock held",
            "spinlock",
            "rwlock",
            "irq lock inversion",
        ),
    ),
    rule(
        "kernel/atomic-context",
        "concurrency",
        "Code that may sleep, or needs a fixed processor, runs where that is not allowed: {message}",
        "Move it out of the section with the spin lock or without preemption, or use the variant that does not sleep.",
        confidence=0.93,
        when=_mentions(
            "sleeping function called", "scheduling while atomic", "smp_processor_id", "__this_cpu", "might_sleep"
        ),
    ),
    rule(
        "kernel/stall",
        "concurrency",
        "A processor or task did not get on for a long time in {function}: {message}",
        "Look for a lock that is never released, or a loop without an end, in the stacks of the report.",
        confidence=0.82,
        when=_mentions(
            "soft lockup",
            "hard LOCKUP",
            "blocked for more than",
            "detected stalls",
            "self-detected stall",
            "workqueue lockup",
        ),
    ),
    rule(
        "kernel/divide",
        "numeric",
        "{function} divides by zero in the kernel.",
        "Check the divisor.",
        type=r"divide error",
        confidence=0.96,
    ),
    rule(
        "kernel/stack-overflow",
        "unbounded-recursion",
        "The kernel's stack is full: {headline}.",
        "Look for a recursion, or for large local variables.",
        type=r"(?P<headline>double fault|.*stack guard page.*|.*stack overflow.*)",
        confidence=0.75,
    ),
    rule(
        "kernel/undefined-behaviour",
        "numeric",
        "{function} does something that C does not define: {message}",
        "Check the operands: shifts, array indices and signed overflow are usual.",
        type=r"UBSAN",
        confidence=0.7,
    ),
    rule(
        "kernel/no-root",
        "configuration",
        "The kernel finds no root file system or no init: {message}",
        "Check root= and the drivers in the initramfs.",
        type=r"Kernel panic - not syncing",
        message=r"VFS: Unable to mount root|No (?:working )?init found|Attempted to kill init|Requested init",
        confidence=0.85,
    ),
    rule(
        "kernel/sysrq",
        "other",
        "Somebody crashed the kernel on purpose: {message}.",
        "Nothing to do here.",
        message=r"sysrq triggered crash",
        confidence=0.9,
    ),
    rule(
        "kernel/zfs-verify",
        "assertion-or-invariant",
        "A check of ZFS did not hold in {place}: {check} ({message}).",
        "Look the check up in the bug reports of this ZFS version; export the pool and scrub it before writing again.",
        type=r"(?P<check>VERIFY\w*\(.*\) failed)|(?P<check2>PANIC at .*)",
        confidence=0.93,
    ),
    rule(
        "kernel/bug",
        "assertion-or-invariant",
        "The kernel's own check failed in {function}: {headline}.",
        "Look at the condition of the BUG there, and at what led to it.",
        type=r"(?P<headline>kernel BUG at .*|ZIRCON KERNEL PANIC|invalid opcode|ODEBUG|panic)",
        confidence=0.88,
    ),
    rule(
        "kernel/warning",
        "assertion-or-invariant",
        "The kernel warns of a state that should not be, in {function}: {message}",
        "Look at the condition of the WARN there; the machine goes on unless panic_on_warn is set.",
        type=r"WARNING|BUG|INFO|Kernel panic - not syncing|BUG: .*|INFO: .*",
        confidence=0.65,
    ),
)
