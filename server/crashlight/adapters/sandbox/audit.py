"""What a restricted process tried and may not: read from its seccomp listener, judged, and answered.

Every call that the profile does not allow waits for the parent here, and gets EPERM. Structures and
request numbers are those of ``linux/seccomp.h``.
"""

import errno
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from crashlight.adapters.sandbox.syscalls import name_of

Severity = Literal["mild", "severe"]

_RECEIVE: Final = 0xC050_2100  # SECCOMP_IOCTL_NOTIF_RECV
_SEND: Final = 0xC018_2101  # SECCOMP_IOCTL_NOTIF_SEND
_CONTINUE: Final = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE
_NOTIFICATION: Final = struct.Struct("=QIIiIQ6Q")  # id, pid, flags, call, architecture, address, arguments
_RESPONSE: Final = struct.Struct("=QqiI")  # id, value, error, flags

# Calls that no accident makes: the process is killed and its code is not run again. Others may come from
# a library that looks for a file, and count against a budget.
_SEVERE: Final = """
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd pidfd_send_signal
    socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
    execve execveat fork vfork clone clone3 unshare setns
    bpf seccomp prctl io_uring_setup io_uring_enter io_uring_register perf_event_open userfaultfd
    keyctl add_key request_key memfd_create memfd_secret
    mount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsmount fspick fsconfig mount_setattr
    init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct
    setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset personality
    kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo mmap mprotect pkey_mprotect
    landlock_create_ruleset landlock_add_rule landlock_restrict_self open_by_handle_at name_to_handle_at
    unlink unlinkat rename renameat renameat2 truncate chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat
    mkdir mkdirat rmdir link linkat symlink symlinkat mknod mknodat setxattr lsetxattr fsetxattr
"""
SEVERE: Final = frozenset(_SEVERE.split())


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that was denied."""

    call: str
    arguments: tuple[int, ...]
    thread: int
    severity: Severity


Permit = Callable[[Attempt], bool]


@dataclass(frozen=True, slots=True)
class Listener:
    """The parent's end. ``fd`` becomes readable when a call waits."""

    fd: int
    architecture: str

    def answer(self, permit: Permit | None = None) -> Attempt | None:
        """Deny the call that waits, unless ``permit`` lets it go on. Blocks when none waits.

        None when it went on, or its process has gone meanwhile. The arguments are the caller's registers, which
        cannot change until it goes on; what a pointer points to can, so a permit never looks there.
        """
        import fcntl

        buffer = bytearray(_NOTIFICATION.size)
        try:
            fcntl.ioctl(self.fd, _RECEIVE, buffer)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.EINTR}:
                return None
            raise
        identity, thread, _, number, _, _, *arguments = _NOTIFICATION.unpack(buffer)
        call = name_of(number, self.architecture)
        attempt = Attempt(call, tuple(arguments), thread, "severe" if call in SEVERE else "mild")
        goes_on = permit is not None and permit(attempt)
        response = _RESPONSE.pack(identity, 0, 0 if goes_on else -errno.EPERM, _CONTINUE if goes_on else 0)
        try:
            fcntl.ioctl(self.fd, _SEND, bytearray(response))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
        return None if goes_on else attempt

    def close(self) -> None:
        """Let the listener go; calls that wait then fail with ENOSYS."""
        os.close(self.fd)
