"""The usual crashes of C and C++ programs, by what the signal, the C library or the C++ runtime says."""

from crashlight_sdk.rules import Rule, rule
from crashlight_sdk.system import system_rules

from . import proposals, signs
from .loader import LOADER_RULES
from .sanitizer_rules import SANITIZER_RULES, UNDEFINED_RULES

SIGNAL_RULES: tuple[Rule, ...] = (
    rule(
        "native/deep-recursion",
        "unbounded-recursion",
        "The stack is full: {function} calls itself again and again.",
        "Give the recursion an end that every input reaches.",
        confidence=0.93,
        when=signs.recurses,
    ),
    rule(
        "native/fault-in-thread-teardown",
        "concurrency",
        "{function} runs in another thread, on an object that is gone or not ready: {message}",
        "Stop and join the thread, or cancel the callback, before the object is destroyed.",
        type="SEGV|SIGSEGV|EXC_BAD_ACCESS|access-violation",
        confidence=0.6,
        when=signs.thread_meets_dead_object,
    ),
    rule(
        "native/null-dereference",
        "null-or-undefined",
        "A null pointer is dereferenced in {place}: the address {address} is that of null or of a member of it.",
        "Check the pointer before its use, and find out why it is null.",
        type="SEGV|SIGSEGV|SIGBUS|BUS|EXC_BAD_ACCESS|access-violation|EXCEPTION_ACCESS_VIOLATION|Access violation"
        "|Invalid read|Invalid write",
        confidence=0.82,
        when=signs.null_address,
        propose=proposals.guard_pointer,
    ),
    rule(
        "native/jump-to-null",
        "null-or-undefined",
        "A function pointer is null, or a virtual call goes through a dead object: the program jumped to an "
        "invalid address.",
        "Check that the pointer is set, and that the object still lives.",
        type="SEGV|SIGSEGV|ILL|Jump to the invalid.*|EXC_BAD_ACCESS",
        message=r"pc 0x0+ |pc points to the zero page|Jump to the invalid address",
        confidence=0.7,
    ),
    rule(
        "native/heap-block",
        "memory-corruption",
        "{function} {access}, at an address that is {block}.",
        "Check the index against the size of the block, or keep the block until its last use.",
        type="Invalid read|Invalid write",
        confidence=0.93,
        when=signs.describes_block,
        propose=proposals.check_index,
    ),
    rule(
        "native/likely-null",
        "null-or-undefined",
        "A pointer that {place} follows is probably null.",
        "Check the pointer before its use, and find out why it is null.",
        type="SEGV|SIGSEGV|EXC_BAD_ACCESS|EXCEPTION_ACCESS_VIOLATION|access-violation|Access violation",
        line=r"^[^\[]*(?:->|\(\*|= ?\*)[^\[]*$",
        confidence=0.6,
        when=signs.address_unknown,
        propose=proposals.guard_pointer,
    ),
    rule(
        "native/bus-error",
        "memory-corruption",
        "The program accessed an address that cannot be used: {message}",
        "Check alignment, and whether a mapped file was truncated.",
        type="SIGBUS|BUS|Bus",
        confidence=0.72,
    ),
    rule(
        "native/wild-access",
        "memory-corruption",
        "The program accessed memory that is not its own in {place}: {message}",
        "Find the pointer that was not set, overwritten or already freed; run it under AddressSanitizer or Valgrind.",
        type="SEGV|SIGSEGV|EXC_BAD_ACCESS|EXCEPTION_ACCESS_VIOLATION|access-violation|Access violation"
        "|Invalid read|Invalid write|GPF|general protection",
        confidence=0.62,
    ),
    rule(
        "native/division-signal",
        "numeric",
        "An integer is divided by zero, or the smallest integer by -1, in {place}.",
        "Handle a divisor of zero.",
        type="SIGFPE|FPE|EXC_ARITHMETIC|int-divide-by-zero",
        confidence=0.93,
        propose=proposals.guard_divisor,
    ),
    rule(
        "native/illegal-instruction",
        "version-or-api-mismatch",
        "The processor does not know an instruction of the program: {message}",
        "Build it for this processor, without -march=native; a trap of the compiler means undefined behaviour.",
        type="SIGILL|ILL|illegal-instruction|EXC_BAD_INSTRUCTION",
        confidence=0.5,
        when=signs.no_trap,
    ),
    rule(
        "native/trap",
        "assertion-or-invariant",
        "The program stopped itself with a trap in {place}: {message}",
        "Compare what the check there expects with what the program did.",
        type="SIGILL|ILL|SIGTRAP|TRAP|illegal-instruction|EXC_BAD_INSTRUCTION|EXC_BREAKPOINT|EXC_CRASH",
        confidence=0.6,
    ),
)

CHECK_RULES: tuple[Rule, ...] = (
    rule(
        "native/assertion",
        "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        message=r"(?i)assert|check failed|(?-i:\bCHECK\b)|unreachable|NOTREACHED|invariant|precondition|TRAP: ",
        confidence=0.88,
    ),
    rule(
        "native/fatal-check",
        "assertion-or-invariant",
        "The program's own check ended it in {place}: {message}",
        "Compare what the check expects with what the program did.",
        type="Fatal error",
        confidence=0.7,
    ),
)

UNCAUGHT = rule(
    "native/unhandled-exception",
    "unhandled-input",
    "An exception that nobody catches ends the program: {type}, {message}",
    "Catch it where the case can be handled.",
    type=r"(?:[\w]+::)+\w+",
    confidence=0.4,
)

SELF_ABORT = rule(
    "native/abort",
    "assertion-or-invariant",
    "The program ended itself with abort in {place}.",
    "Look at what calls abort there, and at what the program printed before.",
    type="SIGABRT|ABRT|deadly signal|signal 6",
    confidence=0.5,
)

ABORT_RULES: tuple[Rule, ...] = (
    rule(
        "native/lock-misuse",
        "concurrency",
        "A lock or thread is used wrongly: {message}",
        "Unlock only what this thread locked, and join or detach a thread before its object is destroyed.",
        type="SIGABRT|std::system_error",
        message=r"mutex|terminate called without an active exception|terminating$|pthread_mutex|Resource deadlock"
        r"|rwlock|tpp\.c",
        confidence=0.85,
    ),
    rule(
        "native/heap-check",
        "memory-corruption",
        "The C library found its heap damaged: {message}",
        "An earlier write went out of bounds, or something was freed twice; run it under AddressSanitizer or Valgrind.",
        message=r"double free or corruption|corrupted|free\(\): |malloc\(\): |realloc\(\): |munmap_chunk"
        r"|malloc_consolidate|memory clobbered",
        confidence=0.95,
    ),
    rule(
        "native/stack-check",
        "memory-corruption",
        "A local buffer was overrun in {place}: {message}",
        "Check the lengths of what is copied into local arrays.",
        message=r"stack smashing detected|buffer overflow detected|FORTIFY",
        confidence=0.96,
    ),
    rule(
        "native/pure-virtual",
        "memory-corruption",
        "A virtual function is called on an object that is being built or destroyed.",
        "Do not call virtual functions from constructors and destructors; stop threads that use the object first.",
        message=r"[Pp]ure virtual",
        confidence=0.8,
    ),
    rule(
        "native/out-of-range",
        "missing-key-or-index",
        "A key or index is not in the container in {place}: {message}",
        "Check it with `find`, `count` or `size` before the access.",
        type=r"std::out_of_range|.*out_of_range.*",
        confidence=0.95,
        propose=proposals.guard_at,
    ),
    rule(
        "native/subscript-check",
        "missing-key-or-index",
        "An index is not in the container in {place}: {message}",
        "Check that the container has such an element first.",
        message=r"__n < (?:this->)?size\(\)|>= this->size\(\)|!this->empty\(\)|subscript out of range"
        r"|index out of (?:range|bounds)"
        r"|attempt to subscript|above upper bound|below lower bound|idx <|index < |i < size",
        confidence=0.88,
    ),
    rule(
        "native/bad-alloc",
        "resource-exhaustion",
        "An allocation failed in {place}.",
        "Check the size that is asked for; work in pieces where the data is large.",
        type=r"std::bad_alloc|.*bad_alloc.*|std::bad_array_new_length|std::length_error",
        confidence=0.88,
    ),
    rule(
        "native/bad-optional",
        "null-or-undefined",
        "An empty optional or function is used in {place}: {message}",
        "Check it before its use.",
        type=r"std::bad_(?:optional_access|function_call|weak_ptr|expected_access.*)|.*bad_optional_access.*",
        confidence=0.94,
    ),
    rule(
        "native/bad-cast",
        "type-mismatch",
        "A value is of another type than the code expects in {place}: {message}",
        "Check the type first: `holds_alternative`, `get_if`, or a dynamic_cast to a pointer.",
        type=r"std::bad_(?:cast|any_cast|variant_access|typeid)|.*bad_(?:cast|any_cast|variant_access)|.*type_error.*",
        confidence=0.92,
    ),
    rule(
        "native/invalid-number",
        "parsing-or-encoding",
        "Text is not a number that `{parser}` accepts in {place}.",
        "Check the text before converting it, and catch the exception.",
        type=r"std::invalid_argument|std::out_of_range",
        message=r"(?P<parser>sto[a-z]+|from_chars|stoi)",
        confidence=0.95,
    ),
    rule(
        "native/regex",
        "parsing-or-encoding",
        "A text cannot be read in {place}: {message}",
        "Correct the expression or document that the message names.",
        type=r"std::regex_error|.*(?:parse_error|json.*exception|ParseError|ParseException|YAML::.*)",
        confidence=0.92,
    ),
    rule(
        "native/filesystem-error",
        "io-or-filesystem",
        "An operation on files failed: {message}",
        "Check that the path exists and what it is before using it.",
        type=r"std::filesystem::.*|std::ios_base::failure.*|boost::filesystem::.*|fs::filesystem_error",
        confidence=0.8,
        when=lambda facts: "ermission" not in facts.cause.message,
    ),
    rule(
        "native/fortran-runtime",
        "io-or-filesystem",
        "The Fortran runtime stopped the program: {message}",
        "Check the file, unit and format of the statement in {place}.",
        type="Fortran runtime error",
        message=r"(?i)file|unit|end of|read|write|open",
        confidence=0.75,
    ),
    rule(
        "native/logic-error",
        "null-or-undefined",
        "A string is made from a null pointer in {place}.",
        "Check the pointer (getenv and argv may give null) before making a string of it.",
        type=r"std::logic_error",
        message=r"(?:basic_string|null not valid|construction from null)",
        confidence=0.93,
    ),
)

RULES: tuple[Rule, ...] = (
    *LOADER_RULES,
    *SANITIZER_RULES,
    *UNDEFINED_RULES,
    *SIGNAL_RULES,
    *ABORT_RULES,
    *CHECK_RULES,
    *system_rules("native"),
    UNCAUGHT,
    SELF_ABORT,
)
