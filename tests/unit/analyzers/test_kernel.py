"""The kernel analyzer on reports in the wording of Linux, OpenZFS, the BSDs and Zircon."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

KERNEL = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "kernel")

NULL = """[   12.345678] BUG: kernel NULL pointer dereference, address: 0000000000000010
[   12.345679] #PF: supervisor read access in kernel mode
[   12.345680] Oops: 0000 [#1] PREEMPT SMP PTI
[   12.345681] CPU: 1 PID: 812 Comm: shop Tainted: G           O      6.1.0 #1
[   12.345682] RIP: 0010:shop_draw+0x14/0x40 [shop]
[   12.345683] Code: 0f 1f 44 00 00
[   12.345684] RSP: 0018:ffffc90000a7fd90 EFLAGS: 00010283
[   12.345685] Call Trace:
[   12.345686]  <TASK>
[   12.345687]  shop_write+0x3c/0x60 [shop]
[   12.345688]  ? __pfx_shop_write+0x10/0x10 [shop]
[   12.345689]  vfs_write+0xce/0x400
[   12.345690]  do_syscall_64+0x3b/0x90
[   12.345691]  </TASK>
[   12.345692] ---[ end trace 0000000000000000 ]---
[   12.345693] Kernel panic - not syncing: Fatal exception
"""
KASAN = """==================================================================
BUG: KASAN: slab-use-after-free in shop_draw+0x14/0x40 drivers/shop/basket.c:41
Read of size 8 at addr ffff88800e0e5230 by task shop/812

CPU: 1 PID: 812 Comm: shop Not tainted 6.1.0 #1
Call Trace:
 dump_stack_lvl+0x45/0x5e lib/dump_stack.c:106
 print_report+0x16d/0x4a0 mm/kasan/report.c:395
 kasan_report+0xae/0xd0 mm/kasan/report.c:495
 shop_draw+0x14/0x40 drivers/shop/basket.c:41
 shop_write+0x3c/0x60 drivers/shop/basket.c:60

Allocated by task 700:
 kasan_save_stack+0x22/0x50 mm/kasan/common.c:45
 shop_open+0x20/0x40 drivers/shop/basket.c:20

Freed by task 701:
 kfree+0x70/0x120 mm/slub.c:3700
 shop_close+0x20/0x40 drivers/shop/basket.c:30
==================================================================
"""
HUNG = """INFO: task shop:812 blocked for more than 120 seconds.
      Not tainted 6.1.0 #1
"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.
task:shop            state:D stack:0     pid:812   ppid:1      flags:0x00000002
Call Trace:
 __schedule+0x2f0/0x930
 schedule+0x5a/0xd0
 shop_wait+0x40/0x80 [shop]
"""
OOM = """shop invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
CPU: 1 PID: 812 Comm: shop Not tainted 6.1.0 #1
Call Trace:
 dump_stack+0x45/0x5e
 oom_kill_process+0x80/0x190
 out_of_memory+0xf0/0x2a0
Mem-Info:
Tasks state (memory values in pages):
[    812]  1000   812   262144   250000        0             0 shop
oom-kill:constraint=CONSTRAINT_MEMCG,task=shop,pid=812,uid=1000
Memory cgroup out of memory: Killed process 812 (shop) total-vm:1048576kB, anon-rss:1000000kB
"""
ZFS = """VERIFY3(ds->ds_owner == tag) failed (0 == 42)
PANIC at dsl_dataset.c:1003:dsl_dataset_disown()
Showing stack for process 812
Call Trace:
 dump_stack+0x74/0x92
 spl_panic+0xd4/0xfc [spl]
 dsl_dataset_disown+0xe9/0x150 [zfs]
"""
LOCKDEP = """======================================================
WARNING: possible circular locking dependency detected
6.1.0 #1 Not tainted
------------------------------------------------------
shop/812 is trying to acquire lock:
ffff88800e0e5230 (&shop->lock){+.+.}-{3:3}, at: shop_draw+0x14/0x40
but task is already holding lock:
ffff88800e0e5240 (&basket->lock){+.+.}-{3:3}, at: shop_write+0x3c/0x60
stack backtrace:
Call Trace:
 dump_stack+0x45/0x5e
 check_noncircular+0x100/0x120
 __lock_acquire+0x1200/0x2000
 shop_draw+0x14/0x40
"""
BUG = """------------[ cut here ]------------
kernel BUG at drivers/shop/basket.c:41!
invalid opcode: 0000 [#1] SMP
RIP: 0010:shop_draw+0x14/0x40
Call Trace:
 shop_write+0x3c/0x60
---[ end trace 0000000000000000 ]---
"""
FREEBSD = """Fatal trap 12: page fault while in kernel mode
cpuid = 0; apic id = 00
fault virtual address = 0x30
panic: page fault
cpuid = 0
KDB: stack backtrace:
db_trace_self_wrapper() at db_trace_self_wrapper+0x47/frame 0xfffffe001fa0e2e0
vpanic() at vpanic+0x1e0/frame 0xfffffe001fa0e340
panic() at panic+0x43/frame 0xfffffe001fa0e3a0
shop_draw() at shop_draw+0xa5/frame 0xfffffe001fa0e650
"""
ARM = """Unable to handle kernel NULL pointer dereference at virtual address 00000010
pgd = c0004000
Internal error: Oops: 17 [#1] PREEMPT ARM
PC is at shop_draw+0x70/0x2c0
LR is at shop_write+0x2c/0xa4
"""

CASES = [
    ("null", NULL, "BUG: kernel NULL pointer dereference", "shop_draw", None, "null-or-undefined"),
    ("kasan", KASAN, "BUG: KASAN: slab-use-after-free in shop_draw", "shop_draw", 41, "memory-corruption"),
    ("hung task", HUNG, "INFO", "shop_wait", None, "concurrency"),
    ("oom", OOM, "Memory cgroup out of memory", None, None, "resource-exhaustion"),
    ("zfs", ZFS, "VERIFY3(ds->ds_owner == tag) failed", "dsl_dataset_disown()", 1003, "assertion-or-invariant"),
    ("lockdep", LOCKDEP, "WARNING", "shop_draw", None, "concurrency"),
    ("bug", BUG, "kernel BUG at drivers/shop/basket.c:41", "shop_draw", 41, "assertion-or-invariant"),
    ("freebsd", FREEBSD, "Fatal trap 12", "shop_draw", None, "memory-corruption"),
    ("arm", ARM, "Unable to handle kernel NULL pointer dereference", "shop_draw", None, "null-or-undefined"),
]


@pytest.mark.parametrize(
    ("text", "crash_type", "function", "line", "category"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_report(text: str, crash_type: str, function: str | None, line: int | None, category: str) -> None:
    (crash,) = parse(KERNEL, text)
    assert crash.root.crash_type == crash_type
    frame = culprit(crash.root)
    if function is not None:
        assert frame is not None
        assert (frame.function, frame.line) == (function, line)
        assert frame.origin == "app"
    finding = KERNEL.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


def test_the_stack_of_the_fault_ends_before_those_of_the_memory() -> None:
    (crash,) = parse(KERNEL, KASAN)
    functions = [frame.function for frame in crash.root.frames]
    assert functions[-2:] == ["shop_draw", "shop_write"]


def test_who_was_killed_is_said() -> None:
    (crash,) = parse(KERNEL, OOM)
    assert crash.root.message.startswith("Killed process 812 (shop)")


QUIET = [
    "[    0.000000] Linux version 6.1.0",
    "BUG: see the list of bugs",
    "WARNING: this option is deprecated",
    "INFO: task finished in 3 seconds",
    "panic: is what we must not do",
    "Internal error: please call support",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(KERNEL, text) == []


PIECES = st.sampled_from(
    [
        "BUG: KASAN: x in f+0x1/0x2",
        "Call Trace:",
        " f+0x1/0x2 a/b.c:3",
        "kernel BUG at a.c:3!",
        "panic: x",
        "cpuid = 0",
        "VERIFY3(a == b) failed",
        "PANIC at a.c:3:f()",
        "INFO: task x:1 blocked for more than 1",
        "\n",
        "[    1.234567] ",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in KERNEL.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert KERNEL.explain(crash, None) is not None
