"""The usual crashes of Swift and Objective-C programs."""

from crashlight_sdk.bounds import divisor_guard, index_guard
from crashlight_sdk.rules import Facts, Rule, rule
from crashlight_sdk.system import system_rules


def _near_null(facts: Facts) -> bool:
    """Whether the address that was accessed is null or a member of a null object."""
    text = facts.cause.message
    found = [part for part in text.replace("address=", "at ").split(" at ") if part.startswith("0x")]
    return any(
        int(part.split()[0].rstrip(",)"), 16) < 0x10000 for part in found if _is_hex(part.split()[0].rstrip(",)"))
    )


def _is_hex(text: str) -> bool:
    return text.startswith("0x") and all(letter in "0123456789abcdefABCDEF" for letter in text[2:]) and len(text) > 2


def _watchdog(facts: Facts) -> bool:
    text = f"{facts.cause.message} {facts.cause.details}".lower()
    return "8badf00d" in text or "watchdog" in text


RULES: tuple[Rule, ...] = (
    rule(
        "apple/privacy",
        "permission",
        "The program uses private data or a device without a reason in its Info.plist: {message}",
        "Add the usage description that the message names.",
        message=r"NS\w+UsageDescription|privacy-sensitive data|TCC",
        confidence=0.85,
    ),
    rule(
        "apple/library-missing",
        "missing-dependency",
        "A library is not found when the program starts: {message}",
        "Embed the framework in the app, and check its rpath.",
        message=r"Library (?:not loaded|missing)|DYLD",
        confidence=0.9,
    ),
    rule(
        "apple/unwrapped-nil",
        "null-or-undefined",
        "An optional that is nil is unwrapped with `!` in {place}.",
        "Use `if let`, `guard let` or `??`, and find out why it is nil.",
        message=r"[Uu]nexpectedly found nil",
        confidence=0.96,
    ),
    rule(
        "apple/index-out-of-range",
        "missing-key-or-index",
        "An index in {place} is outside of its collection: {message}",
        "Check it against `indices` or `count` first.",
        message=r"[Ii]ndex (?:\d+ )?(?:is )?(?:out of (?:range|bounds)|beyond bounds)|out of bounds|Range requires"
        r"|beyond bounds|Negative Array index|remove(?:First|Last) from an? empty",
        confidence=0.95,
        propose=index_guard,
    ),
    rule(
        "apple/missing-key",
        "missing-key-or-index",
        "A key is not there: {message}",
        "Check the name of the key; an outlet that was renamed or removed gives this as well.",
        type="NSUnknownKeyException|NSRangeException",
        confidence=0.85,
    ),
    rule(
        "apple/unrecognized-selector",
        "type-mismatch",
        "An object gets a message that its class does not know: {message}",
        "Check the type of the object and the name of the action; a freed object may have been replaced by another.",
        message=r"unrecognized selector",
        confidence=0.9,
    ),
    rule(
        "apple/cast",
        "type-mismatch",
        "A value is of another type than the code casts to: {message}",
        "Use `as?` and handle that it is not.",
        message=r"Could not cast value",
        confidence=0.95,
    ),
    rule(
        "apple/nil-argument",
        "null-or-undefined",
        "A nil is put where an object is needed: {message}",
        "Check the value before.",
        message=r"(?:object|key|value|string) (?:cannot|must not|argument) be nil|nil argument|insert nil object"
        r"|attempt to insert nil",
        confidence=0.93,
    ),
    rule(
        "apple/division",
        "numeric",
        "A number is divided by zero in {place}.",
        "Handle a divisor of zero.",
        message=r"[Dd]ivision by zero|remainder .* zero",
        confidence=0.97,
        propose=divisor_guard,
    ),
    rule(
        "apple/overflow",
        "numeric",
        "A value does not fit its type in {place}: {message}",
        "Use a wider type, or `&+`, `clamping:` or `exactly:`.",
        message=r"overflow|cannot be converted to|Not enough bits|outside the representable range|Double value cannot",
        confidence=0.93,
    ),
    rule(
        "apple/exclusive-access",
        "concurrency",
        "One variable is read and changed at the same time: {message}.",
        "Copy the value first, or use a queue or an actor.",
        message=r"Simultaneous accesses|exclusive access",
        confidence=0.85,
    ),
    rule(
        "apple/main-thread",
        "concurrency",
        "The user interface is used outside of the main thread, or a collection is changed while it is "
        "enumerated: {message}",
        "Go back to the main queue (`DispatchQueue.main.async`, `@MainActor`).",
        message=r"main thread|background thread|mutated while being enumerated|expected to execute on queue"
        r"|Block was expected|dispatch_sync called on queue already owned",
        confidence=0.9,
    ),
    rule(
        "apple/watchdog",
        "resource-exhaustion",
        "The system ended the program because it did not answer in time ({message}).",
        "Move the work off the main thread; look at what the main thread does in this report.",
        confidence=0.85,
        when=_watchdog,
    ),
    rule(
        "apple/memory-limit",
        "resource-exhaustion",
        "The program used more memory than it may.",
        "Look for images and caches that are never released.",
        message=r"EXC_RESOURCE|per-process-limit|RESOURCE_TYPE_MEMORY|high watermark",
        confidence=0.9,
    ),
    rule(
        "apple/stack-overflow",
        "unbounded-recursion",
        "The stack is full: {function} calls itself without an end.",
        "Give the recursion an end; look for a property that sets itself.",
        message=r"[Ss]tack (?:overflow|guard)|Could not determine thread index|KERN_PROTECTION_FAILURE.*[Ss]tack",
        confidence=0.9,
    ),
    rule(
        "apple/null-access",
        "null-or-undefined",
        "An object that is nil, or not yet set, is used in {function} ({message}).",
        "Find out why it is nil; weak and unowned references are the usual reason.",
        type="EXC_BAD_ACCESS",
        confidence=0.78,
        when=_near_null,
    ),
    rule(
        "apple/freed-object",
        "memory-corruption",
        "{function} uses memory that was freed or is not its own ({message}).",
        "Keep a strong reference while it is used; run it with Zombies or the Address Sanitizer.",
        type="EXC_BAD_ACCESS",
        confidence=0.7,
    ),
    rule(
        "apple/decoding",
        "parsing-or-encoding",
        "A document does not have the form that is expected: {message}",
        "Look at the key that the message names, and make the property optional where it may be missing.",
        message=r"DecodingError|keyNotFound|valueNotFound|dataCorrupted|typeMismatch|JSON text did not|Invalid escape"
        r"|The given data was not valid JSON",
        confidence=0.9,
    ),
    rule(
        "apple/core-data",
        "version-or-api-mismatch",
        "The store was made with another version of the model: {message}",
        "Add a migration, or a new version of the model.",
        message=r"model used to open the store is incompatible|NSMigration|Can't find (?:mapping )?model",
        confidence=0.85,
    ),
    rule(
        "apple/thrown-error",
        "unhandled-input",
        "`try!` met an error in {place}: {message}",
        "Use `do` and `catch`, or `try?`.",
        message=r"'try!' expression unexpectedly raised an error|[Ee]rror raised at top level",
        confidence=0.6,
    ),
    *system_rules("apple"),
    rule(
        "apple/interface",
        "assertion-or-invariant",
        "A framework refuses what the program does: {message}",
        "Do what the message says; updates of lists must agree with their data.",
        type="NS\\w+Exception|CALayerInvalid|\\w+Exception",
        confidence=0.72,
    ),
    rule(
        "apple/own-check",
        "assertion-or-invariant",
        "The program's own check ended it in {place}: {message}",
        "Compare what the check expects with what the program did.",
        type="Fatal error|Precondition failed|Assertion failed|EXC_BREAKPOINT|EXC_CRASH|EXC_BAD_INSTRUCTION"
        "|Program crashed",
        confidence=0.65,
    ),
)
