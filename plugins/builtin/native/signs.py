"""What the facts of a fault show: an address near null, a recursion, a thread and an object that is gone."""

import re

from crashlight_sdk.rules import Facts

_ADDRESS = re.compile(
    r"(?:unknown address|fault addr|address[=:]?|addr[=:]?|segfault at|location"
    r"|from address)\s*(?:0x)?(?P<address>[0-9a-fA-F]{1,16})\b",
    re.IGNORECASE,
)
_NULL = re.compile(
    r"zero page|NULL_POINTER|null[- ]?(?:deref|pointer)|Address 0x[0-9a-f]{1,3} is not stack'd|\(nil\)", re.IGNORECASE
)
_THREAD = re.compile(
    r"start_thread|thread_proxy|std::thread|__invoke|Scheduler|ThreadPool|pthread|Thread::|thread_start"
    r"|_beginthread|dispatch_|clone"
)
_CALLBACK = re.compile(
    r"~|[Dd]estr|[Ss]hutdown|[Ss]top|[Ii]nterrupt|Signal|[Cc]allback|[Nn]otify|[Cc]onnected|On[A-Z]"
    r"|[Ee]vent|[Qq]ueue|[Ww]orker"
)


def null_address(facts: Facts) -> bool:
    """Whether the address that was accessed is null, or a member of a null object."""
    text = f"{facts.cause.message}\n{facts.cause.details}"
    address = _first_address(text)
    facts.found.setdefault("address", f"0x{address.lstrip('0') or '0'}" if address else "0")
    if _NULL.search(text):
        return True
    if address is None:
        return _null_argument(facts)
    return int(address, 16) < 0x10000 and "high value address" not in text


def access(facts: Facts) -> bool:
    """Always true; says in the words of the report which access it was, of how much, and who freed the block."""
    text = f"{facts.cause.message}\n{facts.cause.details}"
    way = re.search(r"(?:(READ|WRITE) of size (\d+)|Invalid (read|write) of size (\d+))", text)
    kind = (way[1] or way[3] or "").lower() if way else ""
    size = (way[2] or way[4]) if way else ""
    unit = "byte" if size == "1" else "bytes"
    facts.found["access"] = f"{'reads' if kind == 'read' else 'writes'} {size} {unit}" if kind else "reads or writes"
    region = re.search(
        r"is located (?P<offset>\d+) bytes? (?P<side>to the right of|after|to the left of|before"
        r"|inside of) (?P<size>\d+)-byte region",
        text,
    )
    if region:
        side = region["side"].replace("to the right of", "after").replace("to the left of", "before")
        facts.found["region"] = f"({region['offset']} bytes {side} a block of {region['size']} bytes)"
    variable = re.search(
        r"(?:'|`)(?P<name>[\w.]+)'(?: \(line \d+\))? (?:<== Memory access|defined in|is located|of size)"
        r"|variable '(?P<name2>[^']+)'",
        text,
    )
    if variable and not region:
        facts.found["region"] = f"`{variable['name'] or variable['name2']}`"
    thread = re.search(r"freed by thread (?P<thread>T\d+)", text)
    if thread:
        facts.found["freed"] = f"by thread {thread['thread']}"
    return True


def describes_block(facts: Facts) -> bool:
    """Whether Valgrind knows the block that is near the address, and what became of it."""
    near = re.search(
        r"Address 0x[0-9a-f]+ is (?P<block>[\d,]+ bytes (?:after|before"
        r"|inside) a [\w ,'-]{0,60}?block of size [\d,]+ (?:alloc|free)'d)",
        facts.cause.details,
    )
    if near is None:
        return False
    access(facts)
    facts.found["block"] = near["block"]
    return True


def address_unknown(facts: Facts) -> bool:
    """Whether the report does not say which address was accessed."""
    return _first_address(f"{facts.cause.message}\n{facts.cause.details}") is None


def recurses(facts: Facts) -> bool:
    """Whether the same function fills the innermost frames of a deep stack."""
    names = [frame.function for frame in facts.cause.frames if frame.function and frame.origin != "runtime"]
    return len(names) >= 10 and len(set(names[:10])) <= 2


def thread_meets_dead_object(facts: Facts) -> bool:
    """Whether ThreadSanitizer, or a stack from a thread's start through a callback, shows a fault across threads."""
    names = [frame.function or "" for frame in facts.cause.frames]
    sanitizer = "ThreadSanitizer" in facts.cause.details
    in_thread = any(_THREAD.search(name) for name in names)
    return bool(sanitizer and in_thread and any(_CALLBACK.search(name) for name in names[:8]))


def no_trap(facts: Facts) -> bool:
    """Whether an illegal instruction is not one that a compiler or a check put there."""
    top = " ".join(frame.function or "" for frame in facts.cause.frames[:6])
    return (
        not re.search(r"[Cc]rash|[Aa]bort|[Tt]rap|unreachable|[Cc]heck|[Aa]ssert|[Ff]atal|Break", top)
        and "trap" not in facts.cause.message
    )


def _first_address(text: str) -> str | None:
    found = _ADDRESS.search(text)
    return found["address"] if found else None


def _null_argument(facts: Facts) -> bool:
    """Whether the innermost frame has an argument that is null, as gdb prints it: ``this=0x0``."""
    frame = facts.cause.frames[0] if facts.cause.frames else None
    return bool(frame and re.search(r"=0x0\b", facts.cause.details))
