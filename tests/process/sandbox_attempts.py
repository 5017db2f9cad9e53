"""Attempts to get out of the sandbox: each one a function that succeeds where nothing holds it.

Inside a worker this is the code of a plugin, which does what a hostile plugin would: it takes ctypes from
the modules that are loaded and makes whatever system call it likes. The harness also runs each function in
a process that nothing holds: the positive control.

A function returns when it got through and raises OSError where it was stopped. ``reaches`` are errors that
the kernel itself gives to our harmless arguments: in a control they mean that the call went through.
"""

# ruff: noqa: PTH123  # a hostile plugin has no pathlib

import sys

ctypes = sys.modules.get("ctypes") or __import__("ctypes")
os = sys.modules["os"]
FAMILIES = ("file", "process", "network", "exec", "kernel", "resource")
ATTEMPTS = {}

# The lock has loaded the table of numbers in the worker; the harness has in the controls.
MACHINE = sys.implementation._multiarch.partition("-")[0]
NUMBERS = sys.modules["crashlight.adapters.sandbox.syscalls"].NUMBERS[MACHINE]

EPERM, ESRCH, EBADF, EAGAIN, ENOMEM, EACCES, EFAULT, ENODEV, EINVAL, ENOSYS, ENOTTY = (
    1,
    3,
    9,
    11,
    12,
    13,
    14,
    19,
    22,
    38,
    25,
)
ENOENT, EAFNOSUPPORT, EPROTONOSUPPORT, ENOEXEC, EOPNOTSUPP, ECHILD, ELOOP, ENOKEY = 2, 97, 93, 8, 95, 10, 40, 126
LIBC = ctypes.CDLL(None, use_errno=True)
SCRATCH = ["/tmp"]


def attempt(family, reaches=(), root=False, outcome="errno"):
    """``root``: its control needs root. ``outcome``: errno, died, or either of memory's two ends."""

    def keep(function):
        name = function.__name__.removeprefix("_")
        ATTEMPTS[name] = (family, function, frozenset(reaches), root, outcome)
        return function

    return keep


def call(name, *arguments):
    LIBC.syscall.restype = ctypes.c_long
    number = NUMBERS[name] if isinstance(name, str) else name
    result = LIBC.syscall(
        ctypes.c_long(number),
        *(
            argument if isinstance(argument, (bytes, ctypes.Array)) else ctypes.c_long(argument)
            for argument in arguments
        ),
    )
    if result == -1:
        raise OSError(ctypes.get_errno(), f"{name}")
    return result


def raw(family, name, *arguments, reaches=(), root=False, label=None):
    """An attempt that is one system call with harmless arguments, where this architecture has it."""
    if isinstance(name, str) and name not in NUMBERS:
        return
    ATTEMPTS[label or name] = (family, lambda: call(name, *arguments), frozenset(reaches), root, "errno")


def scratch(name):
    return f"{SCRATCH[0]}/{name}-{os.getpid()}"


# ---------------------------------------------------------------- files


@attempt("file")
def read_passwd():
    with open("/etc/passwd", "rb") as file:
        assert file.read(10)


@attempt("file")
def read_own_environment():
    open("/proc/self/environ", "rb").close()


@attempt("file")
def read_parents_environment():
    open(f"/proc/{os.getppid()}/environ", "rb").close()


@attempt("file")
def read_own_memory():
    open("/proc/self/mem", "rb").close()


@attempt("file")
def create_a_file():
    open(scratch("new"), "w").close()


@attempt("file")
def create_with_creat():
    call("creat", scratch("creat").encode(), 0o600)


@attempt("file")
def open_with_old_open():
    call("open", b"/etc/hostname", 0)


@attempt("file")
def open_with_openat2():
    call("openat2", -100, b"/etc/hostname", (ctypes.c_uint64 * 3)(0, 0, 0), 24)


@attempt("file")
def open_without_a_name():
    os.close(os.open(SCRATCH[0], os.O_TMPFILE | os.O_RDWR))


@attempt("file")
def open_only_as_a_path():
    os.close(os.open("/", os.O_PATH))


@attempt("file")
def list_a_folder():
    os.listdir("/")


@attempt("file")
def stat_a_file():
    os.stat("/etc/passwd")


@attempt("file")
def stat_with_old_stat():
    call("stat", b"/etc/passwd", ctypes.create_string_buffer(256))


@attempt("file")
def stat_with_statx():
    call("statx", -100, b"/etc/passwd", 0, 0x7FF, ctypes.create_string_buffer(256))


@attempt("file")
def ask_for_access():
    if not os.access("/etc/passwd", os.R_OK):
        raise PermissionError(EPERM, "access")


@attempt("file")
def ask_with_faccessat2():
    call("faccessat2", -100, b"/etc/passwd", 4, 0)


@attempt("file")
def read_a_link():
    os.readlink("/proc/self/exe")


@attempt("file")
def ask_for_the_folder():
    os.getcwd()


@attempt("file")
def change_the_folder():
    os.chdir("/usr")


@attempt("file")
def make_a_folder():
    os.mkdir(scratch("folder"))


@attempt("file")
def make_a_fifo():
    os.mkfifo(scratch("fifo"))


@attempt("file")
def make_a_symlink():
    os.symlink("/etc/passwd", scratch("symlink"))


@attempt("file", reaches=[EPERM, 18])
def make_a_hard_link():
    target = scratch("target")
    with open(target, "w"):
        pass
    os.link(target, scratch("link"))


raw("file", "unlink", b"/tmp/there-is-no-such-file", reaches=[ENOENT], label="remove_a_file")
raw("file", "unlinkat", -100, b"/tmp/there-is-no-such-file", 0, reaches=[ENOENT], label="remove_with_unlinkat")
raw("file", "rmdir", b"/tmp/there-is-no-such-file", reaches=[ENOENT], label="remove_a_folder")
raw("file", "rename", b"/tmp/no-such-file", b"/tmp/no-such-file-2", reaches=[ENOENT], label="rename_a_file")
raw(
    "file",
    "renameat2",
    -100,
    b"/tmp/no-such",
    -100,
    b"/tmp/no-such-2",
    0,
    reaches=[ENOENT],
    label="rename_with_renameat2",
)
raw("file", "truncate", b"/tmp/there-is-no-such-file", 0, reaches=[ENOENT], label="truncate_a_file")
raw("file", "chmod", b"/tmp/there-is-no-such-file", 0o777, reaches=[ENOENT], label="change_a_mode")
raw("file", "chown", b"/tmp/there-is-no-such-file", 0, 0, reaches=[ENOENT], label="change_an_owner")
raw("file", "utimensat", -100, b"/tmp/there-is-no-such-file", 0, 0, reaches=[ENOENT], label="change_a_time")
raw("file", "setxattr", b"/tmp/no-such-file", b"user.a", b"b", 1, 0, reaches=[ENOENT], label="set_an_attribute")
raw("file", "statfs", b"/", ctypes.create_string_buffer(256), label="ask_for_the_file_system")
raw("file", "inotify_init1", 0, label="watch_files")
raw("file", "fanotify_init", 0, 0, root=True, label="watch_all_files")
raw(
    "file",
    "name_to_handle_at",
    -100,
    b"/",
    ctypes.create_string_buffer(256),
    ctypes.create_string_buffer(8),
    0,
    reaches=[75, EOPNOTSUPP],
    label="take_a_handle",
)
raw(
    "file",
    "open_by_handle_at",
    -100,
    ctypes.create_string_buffer(256),
    0,
    reaches=[EINVAL, EBADF, 116],
    root=True,
    label="open_a_handle",
)
raw("file", "chroot", b"/", root=True, label="change_the_root")
raw("file", "memfd_create", b"name", 0, label="make_a_file_in_memory")
raw("file", "copy_file_range", -1, 0, -1, 0, 1, 0, reaches=[EBADF], label="copy_between_files")
raw("file", "sendfile", -1, -1, 0, 1, reaches=[EBADF], label="send_a_file")
raw("file", "fallocate", 1, 0, 0, 1 << 20, reaches=[29, 32, ENODEV, EBADF, EOPNOTSUPP], label="reserve_space")
raw("file", "umask", 0, label="change_the_mask")


@attempt("file")
def import_another_module():
    sys.modules.pop("this", None)
    path = sys.path[:] or ["/usr/lib/python3.11", "/usr/lib/python3"]
    machinery = (
        sys.modules["importlib.machinery"]
        if "importlib.machinery" in sys.modules
        else __import__("importlib.machinery").machinery
    )
    # The path finder swallows what it may not list, so the same listing is asked for directly too.
    if machinery.PathFinder.find_spec("antigravity", path) is None:
        os.listdir(path[-1] or "/usr/lib")
        raise PermissionError(EPERM, "no module was found")


# ---------------------------------------------------------------- processes


@attempt("process")
def fork_a_child():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


raw("process", "wait4", -1, 0, 1, 0, reaches=[ECHILD], label="wait_for_children")


@attempt("process")
def vfork_a_child():
    # The raw call would share our stack: only its refusal is looked at, and fork stands for its control.
    if ATTEMPTS_LOCKED[0]:
        call("vfork")
    else:
        fork_a_child()


@attempt("process")
def clone_a_child():
    pid = call("clone", 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


@attempt("process")
def clone3_a_child():
    arguments = (ctypes.c_uint64 * 8)()
    arguments[4] = 17
    pid = call("clone3", arguments, 64)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


@attempt("process")
def start_a_thread():
    thread = sys.modules.get("_thread") or __import__("_thread")
    try:
        thread.start_new_thread(int, ())
    except RuntimeError as error:
        raise PermissionError(EPERM, "start_new_thread") from error


@attempt("process")
def signal_the_parent():
    os.kill(os.getppid(), 0)


@attempt("process")
def signal_the_group_of_the_parent():
    os.kill(-os.getpgid(os.getppid()), 0)


raw("process", "getppid", label="ask_for_the_parent")
raw("process", "getuid", label="ask_for_the_user")
raw("process", "uname", ctypes.create_string_buffer(512), label="ask_for_the_machine")
raw("process", "pidfd_open", 1, 0, label="hold_process_1")
raw("process", "tkill", 1, 0, root=True, label="signal_process_1")
raw("process", "pidfd_getfd", -1, 0, 0, reaches=[EBADF], label="take_a_descriptor")
raw("process", "kcmp", os.getpid(), os.getpid(), 0, 0, 0, reaches=[ENOSYS], label="compare_processes")
raw("process", "ptrace", 16, 999_999_999, 0, 0, reaches=[ESRCH], label="trace_a_process")
raw("process", "process_vm_readv", 999_999_999, 0, 0, 0, 0, 0, reaches=[ESRCH], label="read_foreign_memory")
raw("process", "process_vm_writev", 999_999_999, 0, 0, 0, 0, 0, reaches=[ESRCH], label="write_foreign_memory")
raw("process", "process_madvise", -1, 0, 0, 0, 0, reaches=[EBADF], label="advise_foreign_memory")
raw(
    "process", "rt_sigqueueinfo", 999_999_999, 0, (ctypes.c_int * 32)(0, 0, -1), reaches=[ESRCH], label="queue_a_signal"
)
raw("process", "setpgid", 0, 0, label="change_the_group")
raw("process", "setsid", label="start_a_session")
raw("process", "setpriority", 0, 0, 19, label="change_the_priority")
raw("process", "setuid", 0, root=True, label="become_root")
raw("process", "setresuid", 0, 0, 0, root=True, label="become_root_three_times")
raw("process", "setgroups", 0, 0, root=True, label="change_the_groups")
raw(
    "process",
    "capset",
    (ctypes.c_uint32 * 2)(0x20080522, 0),
    ctypes.create_string_buffer(24),
    label="change_capabilities",
)
raw("process", "personality", 0x0400000, label="make_readable_memory_executable")
raw("process", "unshare", 0x10000000, reaches=[28], label="make_a_user_namespace")
raw("process", "setns", -1, 0, reaches=[EBADF], label="enter_a_namespace")
raw("process", "prctl", 4, 1, 0, 0, 0, label="become_visible")
raw("process", "prctl", 1, 0, 0, 0, 0, label="outlive_the_parent")
raw("process", "ioprio_set", 1, 0, (2 << 13) | 7, label="change_the_io_priority")
raw("process", "sched_setaffinity", 0, 8, (ctypes.c_uint64 * 1)(1), label="choose_a_processor")


# ---------------------------------------------------------------- network

for label, family, kind, protocol, reaches, root in (
    ("tcp", 2, 1, 0, (), False),
    ("tcp_over_ipv6", 10, 1, 0, (EAFNOSUPPORT,), False),
    ("udp", 2, 2, 0, (), False),
    ("udp_over_ipv6", 10, 2, 0, (EAFNOSUPPORT,), False),
    ("multipath_tcp", 2, 1, 262, (EPROTONOSUPPORT, 92), False),
    ("sctp", 2, 1, 132, (EPROTONOSUPPORT,), False),
    ("ping", 2, 2, 1, (EACCES,), False),
    ("raw_ip", 2, 3, 255, (), True),
    ("packets", 17, 3, 768, (EAFNOSUPPORT,), True),
    ("unix_stream", 1, 1, 0, (), False),
    ("unix_datagram", 1, 2, 0, (), False),
    ("netlink", 16, 3, 0, (EAFNOSUPPORT,), False),
    ("virtual_machine", 40, 1, 0, (EAFNOSUPPORT, ENODEV), False),
    ("crypto", 38, 5, 0, (EAFNOSUPPORT,), False),
    ("bluetooth", 31, 1, 0, (EAFNOSUPPORT, EPROTONOSUPPORT), False),
    ("express_data_path", 44, 3, 0, (EAFNOSUPPORT,), True),
):
    raw("network", "socket", family, kind, protocol, reaches=reaches, root=root, label=f"socket_{label}")
raw("network", "socketpair", 1, 1, 0, (ctypes.c_int * 2)(), label="socketpair")
raw(
    "network",
    "connect",
    0,
    ctypes.create_string_buffer(b"\2\0\0\x50\x7f\0\0\1", 16),
    16,
    reaches=[88, EBADF],
    label="connect",
)
raw("network", "bind", 0, ctypes.create_string_buffer(b"\2\0\0\0\0\0\0\0", 16), 16, reaches=[88, EBADF], label="bind")
raw("network", "listen", 0, 1, reaches=[88, EBADF], label="listen")
raw("network", "sendto", 1, b"x", 1, 0, 0, 0, reaches=[88, EBADF], label="send")
raw("network", "sendmsg", 1, ctypes.create_string_buffer(56), 0, reaches=[88, EBADF], label="send_a_message")
raw("network", "recvfrom", 0, ctypes.create_string_buffer(8), 8, 0x40, 0, 0, reaches=[88, EBADF], label="receive")


@attempt("network")
def resolve_a_name():
    library = sys.modules.get("_socket") or __import__("_socket")
    try:
        library.getaddrinfo(b"localhost", 80)
    except OSError as error:
        raise PermissionError(EPERM, "getaddrinfo") from error


# ---------------------------------------------------------------- running programs


@attempt("exec")
def run_a_program():
    pid = os.fork() if not ATTEMPTS_LOCKED[0] else 0
    if pid == 0:
        os.execv("/bin/true", ["true"])
    os.waitpid(pid, 0)


raw("exec", "execve", b"/there/is/no/program", 0, 0, reaches=[ENOENT], label="execve")
raw("exec", "execveat", -100, b"/there/is/no/program", 0, 0, 0, reaches=[ENOENT], label="execveat")


@attempt("exec")
def run_a_shell():
    status = os.system("exit 0")
    if status != 0:
        raise PermissionError(EPERM, "system")


@attempt("exec")
def spawn_a_program():
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)


@attempt("exec")
def map_executable_memory():
    LIBC.mmap.restype = ctypes.c_void_p
    if LIBC.mmap(None, 4096, 7, 0x22, -1, 0) == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap")


@attempt("exec")
def make_memory_executable():
    LIBC.mmap.restype = ctypes.c_void_p
    page = LIBC.mmap(None, 4096, 3, 0x22, -1, 0)
    call("mprotect", page, 4096, 5)


@attempt("exec")
def make_memory_executable_with_a_key():
    LIBC.mmap.restype = ctypes.c_void_p
    call("pkey_mprotect", LIBC.mmap(None, 4096, 3, 0x22, -1, 0), 4096, 5, -1)


@attempt("exec", reaches=[ENODEV, EACCES])
def map_a_descriptor():
    LIBC.mmap.restype = ctypes.c_void_p
    if LIBC.mmap(None, 4096, 1, 2, 0, 0) == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap")


@attempt("exec")
def load_a_library():
    try:
        ctypes.CDLL("libresolv.so.2")
    except OSError as error:
        raise PermissionError(EPERM, "dlopen") from error


@attempt("exec")
def run_own_machine_code():
    LIBC.mmap.restype = ctypes.c_void_p
    page = LIBC.mmap(None, 4096, 7, 0x22, -1, 0)
    if page == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap")
    ctypes.memmove(page, b"\xb8\x2a\0\0\0\xc3", 6)
    assert ctypes.CFUNCTYPE(ctypes.c_int)(page)() == 42


@attempt("exec", outcome="died")
def call_by_the_x32_numbers():
    LIBC.syscall(ctypes.c_long(0x4000_0000 | 39))
    if ATTEMPTS_LOCKED[0]:
        raise AssertionError("it lives")


# ---------------------------------------------------------------- the kernel's other doors

NOTHING = ctypes.create_string_buffer(4096)
raw("kernel", "bpf", 0, NOTHING, 128, reaches=[EINVAL, EFAULT, EPERM, 7], root=True)
raw("kernel", "perf_event_open", NOTHING, -1, -1, -1, 0, reaches=[EINVAL, ENOENT, EACCES, EOPNOTSUPP], root=True)
raw("kernel", "io_uring_setup", 1, ctypes.create_string_buffer(120))
raw("kernel", "io_uring_register", -1, 0, 0, 0, reaches=[EBADF, EINVAL])
raw("kernel", "io_setup", 1, (ctypes.c_uint64 * 1)(0))
raw("kernel", "userfaultfd", 1)
raw("kernel", "keyctl", 0, -3, 1, reaches=[ENOKEY])
raw("kernel", "add_key", b"user", b"a", b"b", 1, -2, reaches=[ENOKEY, 122])
raw("kernel", "request_key", b"user", b"no-such-key", 0, 0, reaches=[ENOENT, ENOKEY])
raw("kernel", "mount", b"none", b"/no/such/folder", b"tmpfs", 0, 0, reaches=[ENOENT], root=True)
raw("kernel", "umount2", b"/no/such/folder", 0, reaches=[ENOENT], root=True)
raw("kernel", "pivot_root", b"/no/such", b"/no/such", reaches=[ENOENT], root=True)
raw("kernel", "fsopen", b"tmpfs", 0, root=True)
raw("kernel", "fspick", -100, b"/no/such/folder", 0, reaches=[ENOENT], root=True)
raw("kernel", "open_tree", -100, b"/", 0)
raw("kernel", "move_mount", -100, b"/no/such", -100, b"/no/such", 0, reaches=[ENOENT], root=True)
raw("kernel", "mount_setattr", -100, b"/no/such/folder", 0, NOTHING, 32, reaches=[ENOENT, EINVAL], root=True)
raw("kernel", "init_module", NOTHING, 0, b"", reaches=[ENOEXEC, EINVAL], root=True)
raw("kernel", "finit_module", -1, b"", 0, reaches=[EBADF, EINVAL], root=True)
raw("kernel", "delete_module", b"no_such_module", 0o4000, reaches=[ENOENT], root=True)
raw("kernel", "kexec_load", 0, 0, NOTHING, 1 << 20, reaches=[EINVAL], root=True)
raw("kernel", "reboot", 1, 2, 3, 0, reaches=[EINVAL], root=True)
raw("kernel", "swapon", b"/no/such/file", 0, reaches=[ENOENT], root=True)
raw("kernel", "acct", b"/no/such/file", reaches=[ENOENT], root=True)
raw("kernel", "syslog", 10, 0, 0)
raw("kernel", "quotactl", 0x80000700, b"/no/such", 0, NOTHING, reaches=[ENOENT, EINVAL, 15], root=True)
raw("kernel", "iopl", 0)
raw("kernel", "ioperm", 0x80, 1, 0)
raw("kernel", "modify_ldt", 0, NOTHING, 8)
raw("kernel", "arch_prctl", 0x1003, (ctypes.c_uint64 * 1)(0), label="arch_prctl")
raw("kernel", "seccomp", 0, 7, 0, reaches=[EINVAL], label="another_filter")
raw("kernel", "prctl", 22, 2, NOTHING, 0, 0, reaches=[EINVAL, EACCES, EFAULT], label="another_filter_by_prctl")
raw("kernel", "landlock_create_ruleset", 0, 0, 1)
raw("kernel", "settimeofday", 0, 0, reaches=[EPERM], root=True, label="set_the_clock")
raw("kernel", "clock_settime", 99, NOTHING, reaches=[EINVAL], label="set_another_clock")
raw("kernel", "adjtimex", ctypes.create_string_buffer(208))
raw("kernel", "sethostname", b"x", 99_999, reaches=[EINVAL], root=True)
raw("kernel", "setdomainname", b"x", 99_999, reaches=[EINVAL], root=True)
raw("kernel", "timer_create", 1, 0, (ctypes.c_uint64 * 1)(0))
raw("kernel", "timerfd_create", 1, 0)
raw("kernel", "eventfd2", 0, 0)
raw("kernel", "epoll_create1", 0)
raw("kernel", "signalfd4", -1, ctypes.create_string_buffer(8), 8, 0)
raw("kernel", "pipe2", (ctypes.c_int * 2)(), 0)
raw("kernel", "dup", 1)
raw("kernel", "fcntl", 1, 4, 0o2000, label="change_a_descriptor")
raw("kernel", "ioctl", 0, 0x5412, b"x", reaches=[ENOTTY, 5], label="type_into_the_terminal")
raw("kernel", "ioctl", 0, 0x541B, (ctypes.c_int * 1)(), reaches=[ENOTTY], label="ask_the_terminal")
raw("kernel", "splice", -1, 0, -1, 0, 1, 0, reaches=[EBADF])
raw("kernel", "tee", -1, -1, 1, 0, reaches=[EBADF])
raw("kernel", "vmsplice", -1, 0, 0, 0, reaches=[EBADF])
raw("kernel", "shmget", 0, 4096, 0o1600)
raw("kernel", "semget", 0, 1, 0o1600)
raw("kernel", "msgget", 0, 0o1600)
raw("kernel", "mq_open", b"no-such-queue", 0, 0, 0, reaches=[ENOENT])
raw("kernel", "remap_file_pages", 0, 0, 0, 0, 0, reaches=[EINVAL])
raw("kernel", "mbind", 0, 0, 0, 0, 0, 0, reaches=[EINVAL])
raw("kernel", "migrate_pages", 999_999_999, 0, 0, 0, reaches=[ESRCH])
raw("kernel", "move_pages", 0, 0, 0, 0, 0, 0)
raw("kernel", "memfd_secret", 0, reaches=[ENOSYS])
raw("kernel", "setitimer", 0, 0, 0, reaches=[EFAULT])
raw("kernel", 99_999, reaches=[ENOSYS], label="a_call_that_does_not_exist")


# ---------------------------------------------------------------- resources


@attempt("resource", outcome="memory")
def take_much_memory():
    held = bytearray(320 << 20)
    assert held


@attempt("resource", outcome="memory")
def take_memory_in_small_pieces():
    held = []
    for _ in range(330):
        held.append(bytearray(1 << 20))


@attempt("resource")
def raise_a_limit():
    call("prlimit64", 0, 7, (ctypes.c_uint64 * 2)(64, 64), 0)


@attempt("resource")
def read_a_limit():
    call("prlimit64", 0, 7, 0, (ctypes.c_uint64 * 2)())


@attempt("resource")
def limit_the_parent():
    call("prlimit64", os.getppid(), 4, 0, (ctypes.c_uint64 * 2)())


raw("resource", "setrlimit", 4, (ctypes.c_uint64 * 2)(0, 0), label="set_a_limit")
raw("resource", "mlock", NOTHING, 1, reaches=[ENOMEM], label="pin_memory")
raw("resource", "mlockall", 1, reaches=[ENOMEM], label="pin_all_memory")
raw("resource", "sched_setscheduler", 0, 3, (ctypes.c_int * 1)(0), label="change_the_scheduler")
raw("resource", "sched_setattr", 0, 0, 0, reaches=[EINVAL], label="ask_for_a_deadline")
raw("resource", "alarm", 0, label="set_an_alarm")


@attempt("resource")
def open_many_descriptors():
    for _ in range(3):
        os.dup(1)


@attempt("resource")
def fill_the_disk():
    with open(scratch("large"), "wb") as file:
        file.write(bytes(1 << 20))


@attempt("resource")
def leave_a_core_dump_behind():
    call("prctl", 4, 1, 0, 0, 0)


@attempt("resource")
def start_many_threads():
    start_a_thread()


@attempt("resource")
def start_many_processes():
    for _ in range(3):
        fork_a_child()


ATTEMPTS_LOCKED = [True]


class Attempts:
    """The plugin: line 0 of a window names an attempt, line 1 the folder for what it would write."""

    def parse(self, window):
        from crashlight_sdk import Cause, Crash

        SCRATCH[0] = window.lines[1]
        return [Crash("other", 0, 0, (Cause("attempt", outcome(window.lines[0])),))]


def outcome(name):
    """``through``, or ``errno N``, or what else was raised."""
    try:
        ATTEMPTS[name][1]()
    except OSError as error:
        return f"errno {error.errno}"
    except BaseException as error:
        return f"raised {type(error).__name__}"
    return "through"


if MACHINE != "x86_64":
    for _name in ("create_with_creat", "open_with_old_open", "stat_with_old_stat", "vfork_a_child"):
        del ATTEMPTS[_name]
    for _name in ("call_by_the_x32_numbers", "run_own_machine_code"):
        del ATTEMPTS[_name]
