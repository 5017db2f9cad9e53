"""A profile as a seccomp program: classic BPF over ``struct seccomp_data``, as in the kernel's seccomp_filter.rst.

The program checks the architecture, refuses the x32 calls, allows what the rules allow, and leaves the
rest to a default action. Each rule is a block of its own that the next one follows, so no jump is long.
"""

import struct
from collections.abc import Iterable
from typing import Final

from crashlight.adapters.sandbox.profiles import CONTROL_FD, OWN_PID, WORD, Condition, Rule
from crashlight.adapters.sandbox.syscalls import AUDIT_ARCH, NUMBERS

ALLOW: Final = 0x7FFF_0000
NOTIFY: Final = 0x7FC0_0000
ERRNO: Final = 0x0005_0000
KILL: Final = 0x8000_0000
EPERM: Final = 1

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND: Final = 0x54  # BPF_ALU | BPF_AND | BPF_K
_JUMP_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_GREATER_EQUAL: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_ARGUMENTS_AT: Final = 16
_X32_BIT: Final = 0x4000_0000

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def assemble(rules: Iterable[Rule], machine: str, default: int, own_pid: int, control_fd: int) -> bytes:
    """The program, as an array of ``struct sock_filter``. Calls that ``machine`` does not have are left out.

    Raises KeyError for an architecture without a table.
    """
    numbers = NUMBERS[machine]
    known = {OWN_PID: own_pid, CONTROL_FD: control_fd}
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        program += [(_JUMP_GREATER_EQUAL, 0, 1, _X32_BIT), (_RETURN, 0, 0, KILL)]
    for rule in rules:
        if rule.call in numbers:
            program += _block(rule, numbers[rule.call], known)
    program.append((_RETURN, 0, 0, default))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def _block(rule: Rule, number: int, known: dict[int, int]) -> list[Instruction]:
    """Return the rule's action where the call and every condition fit, else go on with the number loaded again."""
    action = ERRNO | rule.errno if rule.errno else ALLOW
    if not rule.when:
        return [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, action)]
    checks = [word for condition in rule.when for word in _words(condition, known)]
    block: list[Instruction] = []
    length = 3 * len(checks) + 1
    block.append((_JUMP_EQUAL, 0, length + 1, number))
    for index, (offset, mask, value) in enumerate(checks):
        to_reload = length - 3 * (index + 1)
        block += [(_LOAD, 0, 0, offset), (_AND, 0, 0, mask), (_JUMP_EQUAL, 0, to_reload, value)]
    return [*block, (_RETURN, 0, 0, action), (_LOAD, 0, 0, _NUMBER_AT)]


def _words(condition: Condition, known: dict[int, int]) -> list[tuple[int, int, int]]:
    """A condition on 64 bits as (offset, mask, value) of 32-bit words, in little-endian order."""
    value = known.get(condition.value, condition.value)
    offset = _ARGUMENTS_AT + 8 * condition.argument
    words = [(offset, condition.mask & WORD, value & WORD)]
    if condition.mask >> 32:
        words.append((offset + 4, condition.mask >> 32, value >> 32))
    return words
