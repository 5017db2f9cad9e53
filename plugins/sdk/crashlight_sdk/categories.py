"""The closed list of categories: what had to change so that the program does not crash.

The first that fits, in this order, is right: a KeyError for an environment variable is
``configuration``, not ``missing-key-or-index``.
"""

CATEGORIES: dict[str, str] = {
    "permission": "The program was not allowed to do this.",
    "missing-dependency": "A module, package, library or executable is absent.",
    "version-or-api-mismatch": "It is there, but in another version or with another signature.",
    "configuration": "A setting, variable or argument of the deployment is missing or wrong.",
    "resource-exhaustion": "Memory, disk, descriptors or time ran out, or leaked.",
    "unbounded-recursion": "A function calls itself without an end.",
    "concurrency": "A race, a deadlock, or use after another thread closed it.",
    "network-or-timeout": "A peer could not be reached, or did not answer in time.",
    "io-or-filesystem": "A path, a file name's encoding, or a pipe was not as expected.",
    "memory-corruption": "Memory was overrun, used after free, freed twice, or a pointer was wild.",
    "parsing-or-encoding": "Text, bytes, a date or a number in text was malformed.",
    "numeric": "A division by zero, an overflow, or a value outside the domain.",
    "missing-key-or-index": "A key or an index is not in the collection.",
    "null-or-undefined": "A value was absent where one was needed.",
    "type-mismatch": "A value was of another type than the code expects.",
    "assertion-or-invariant": "The program's own check failed.",
    "unhandled-input": "A legal case that nobody thought of.",
    "other": "None of the above.",
}
