"""The usual crashes of Rust programs: what the language checks, then what the standard library and its crates say."""

from crashlight_sdk.bounds import divisor_guard
from crashlight_sdk.families import classify
from crashlight_sdk.rules import Rule, rule
from crashlight_sdk.system import system_rules

from . import proposals
from .errors import ERROR_RULES

LANGUAGE_RULES: tuple[Rule, ...] = (
    rule(
        "rust/index-out-of-bounds",
        "missing-key-or-index",
        "Index {index} is used in {place}, but there are only {length} elements.",
        "Use `get` and handle None, or keep the index below the length.",
        message=r"index out of bounds: the len is (?P<length>\d+) but the index is (?P<index>\d+)",
        confidence=0.95,
        propose=proposals.check_index,
    ),
    rule(
        "rust/slice-range",
        "missing-key-or-index",
        "The range of the slice in {place} does not fit: {message}",
        "Check start and end against the length, or use `get(start..end)` and handle None.",
        message=r"range (?:start|end) index \d+ out of range|slice index starts at \d+ but ends at \d+"
        r"|begin <= end \(|out of range for slice|range end index|copy_from_slice: source slice length"
        r"|split_at|mid > len|mid <= self\.len",
        confidence=0.93,
    ),
    rule(
        "rust/char-boundary",
        "parsing-or-encoding",
        "A string is cut inside a character of several bytes in {place}: {message}",
        "Cut at positions from `char_indices`, or check with `is_char_boundary`.",
        message=r"byte index \d+ is not a char boundary|is_char_boundary|is not a char boundary",
        confidence=0.95,
    ),
    rule(
        "rust/string-range",
        "missing-key-or-index",
        "The range of the string in {place} does not fit: {message}",
        "Check start and end against the length, or use `get(start..end)` and handle None.",
        message=r"byte index \d+ is out of bounds|when slicing `|out of bounds of `",
        confidence=0.92,
    ),
    rule(
        "rust/collection-index",
        "missing-key-or-index",
        "An element is removed or inserted in {place} at an index that the collection does not have: {message}",
        "Check the index against the length first.",
        message=r"(?:removal|insertion|swap_remove|`at` split) index \(is \d+\) should be"
        r"|index (?:\d+ )?(?:is )?out of (?:bounds|range)|Out of bounds access|cannot sample empty range",
        confidence=0.9,
    ),
    rule(
        "rust/no-such-key",
        "missing-key-or-index",
        "The key looked up in {place} is not in the map.",
        "Use `get` and handle None, or `entry` with a default.",
        message=r"no entry found for key|IndexMap: key not found|key not (?:found|present)",
        confidence=0.93,
        propose=proposals.guard_key,
    ),
    rule(
        "rust/unwrap-none",
        "null-or-undefined",
        "`unwrap` is called on None in {place}: the value is absent there.",
        "Handle None: with `?`, `if let`, `unwrap_or`, or a message that says what is missing.",
        message=r"called `Option::unwrap\(\)` on a `None` value",
        confidence=0.9,
        propose=proposals.no_unwrap,
    ),
    rule(
        "rust/divide-by-zero",
        "numeric",
        "A number is divided by zero in {place}.",
        "Handle a divisor of zero, or use `checked_div` or `checked_rem`.",
        message=r"attempt to divide by zero|divisor of zero|division by zero|chunk(?:_size| size) must (?:not be"
        r"|be non-)(?: ?zero)?",
        confidence=0.96,
        propose=divisor_guard,
    ),
    rule(
        "rust/subtract-overflow",
        "numeric",
        "A subtraction in {place} goes below what the type can hold (an unsigned number below zero).",
        "Compare before subtracting, or use `checked_sub` or `saturating_sub`.",
        message=r"attempt to subtract with overflow",
        confidence=0.97,
        propose=proposals.saturating_sub,
    ),
    rule(
        "rust/overflow",
        "numeric",
        "The calculation in {place} goes beyond what the type can hold: {message}.",
        "Use a wider type, or `checked_`, `saturating_` or `wrapping_` arithmetic.",
        message=r"attempt to (?:add|multiply|negate|shift left|shift right|calculate the remainder"
        r"|divide) with overflow|attempt to .* with overflow|overflow (?:when|in) "
        r"|out of range integral type conversion|TryFromIntError|number too (?:large|small)"
        r"|cannot convert float seconds|literal out of range|capacity overflow",
        confidence=0.93,
    ),
    rule(
        "rust/already-borrowed",
        "assertion-or-invariant",
        "A RefCell is borrowed in {place} while another borrow of it is still alive: {message}.",
        "End the first borrow before the second: shorten its scope, or copy the value out.",
        message=r"already (?:mutably )?borrowed|BorrowMutError|BorrowError|RefCell already",
        confidence=0.85,
    ),
    rule(
        "rust/poisoned-lock",
        "concurrency",
        "A lock is poisoned: another thread panicked while it held it.",
        "Look for the earlier panic in this log; it is the cause.",
        message=r"PoisonError|poisoned",
        confidence=0.93,
    ),
    rule(
        "rust/channel-closed",
        "concurrency",
        "The other end of a channel is gone: {message}",
        "Handle the closed channel: the other thread or task has ended, or panicked before.",
        message=r"SendError|RecvError|sending on a closed channel|receiving on a closed channel|channel closed"
        r"|\bDisconnected\b",
        confidence=0.85,
    ),
    rule(
        "rust/no-runtime",
        "concurrency",
        "Asynchronous code runs outside, or wrongly inside, the Tokio runtime: {message}",
        "Call it from within the runtime; in asynchronous code use `spawn_blocking` for what blocks.",
        message=r"there is no reactor running|must be called from the context of a Tokio|Cannot (?:start|drop"
        r"|block) a runtime from within|can call blocking only when|no timer running"
        r"|runtime from within a runtime",
        confidence=0.85,
    ),
    rule(
        "rust/joined-panic",
        "concurrency",
        "A thread or task that is joined here panicked: {message}",
        "Look for its own panic earlier in this log; it is the cause.",
        message=r"JoinError|Any \{ \.\. \}|a scoped thread panicked|task \d+ panicked",
        confidence=0.65,
    ),
    rule(
        "rust/stack-overflow",
        "unbounded-recursion",
        "The stack of the thread is full: {message}.",
        "Give the recursion an end that every input reaches, keep large values on the heap, or enlarge the stack.",
        type="stack overflow|fatal runtime error",
        message=r"stack overflow|overflowed its stack",
        confidence=0.96,
    ),
    rule(
        "rust/aborted",
        "other",
        "The program was stopped: {message}.",
        "Look for a panic before it in this log.",
        type="abort|fatal runtime error",
        message=r"panicked while (?:processing|panicking)|failed to initiate panic|in a (?:destructor"
        r"|function that cannot unwind)|Rust cannot catch foreign|drop of the panic payload",
        confidence=0.5,
    ),
    rule(
        "rust/not-implemented",
        "unhandled-input",
        "The program met a case in {place} that is not implemented: {message}",
        "Implement the case, or reject it where the value comes in.",
        message=r"not (?:yet )?implemented|unimplemented|unsupported|unknown (?:type|kind|variant|value)"
        r"|unexpected (?:type|kind|value|token|end)",
        confidence=0.87,
    ),
    rule(
        "rust/unreachable",
        "unhandled-input",
        "Code that was held to be unreachable ran in {place}: {message}",
        "Handle the case that led here.",
        message=r"entered unreachable code",
        confidence=0.6,
        when=proposals.names_a_value,
    ),
    rule(
        "rust/unreachable-code",
        "assertion-or-invariant",
        "Code that was held to be unreachable ran in {place}.",
        "Handle the case that led here.",
        message=r"entered unreachable code",
        confidence=0.75,
    ),
    rule(
        "rust/assertion",
        "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        message=r"^assertion (?:`?.*`? )?failed|^assertion failed|debug assertion|assertion `",
        confidence=0.93,
    ),
)

OWN_PANIC = rule(
    "rust/explicit-panic",
    "assertion-or-invariant",
    "The program itself panics in {place}: {message}",
    "Find what led to this state; return an error instead of a panic where the caller can handle it.",
    type="panic",
    confidence=0.45,
    when=lambda facts: classify("panic", facts.cause.message).category == "other",
)

RULES: tuple[Rule, ...] = (*LANGUAGE_RULES, *ERROR_RULES, *system_rules("rust"), OWN_PANIC)
