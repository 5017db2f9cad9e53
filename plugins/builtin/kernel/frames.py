"""Frames of Linux, the BSDs and Zircon, and which of them are only the machinery of reporting."""

import re

from crashlight_sdk import Frame, Origin, Span

_LINUX = re.compile(
    r"^\s*+(?:\[<(?:[0-9a-f]++| *inline *| *none *|\(ptrval\)"
    r"| )*+>\]\s*+)?(?P<doubt>\?\s++)?(?P<name>[A-Za-z_.$][\w.$]*+)"
    r"(?:(?P<offset>\+0x[0-9a-f]++(?:/0x[0-9a-f]++)?)"
    r"|(?= [^\s:]++:\d))(?: \[(?!inline)(?P<module>[\w.-]++)(?: [0-9a-f]{8,})?\])?"
    r"(?: (?P<place>(?P<file>[^\s:]++):(?P<line>\d++)))?(?: (?P<inline>\[inline\]))?(?: \[[\w-]++\])?\s*$"
)
_ADDRESS = re.compile(r"^\s*+\[<(?:[0-9a-f]++|\(ptrval\))>\]\s++(?P<doubt>\? )?(?P<name>[A-Za-z_.$][\w.$]*+)\s*$")
_ARM = re.compile(r"^\s*+\[<[0-9a-f]++>\] \((?P<name>[\w.$]++)(?:\+0x[0-9a-f/x]++)?\) from ")
_FROM = re.compile(r"^\s*+(?P<name>[\w.$]++) from (?P<caller>[\w.$]++)\+0x[0-9a-f]++/0x[0-9a-f]++\s*$")
_BSD = re.compile(
    r"^\s*+(?:#\d++ 0x[0-9a-f]++ at )?(?P<name>\w++)(?:\(.*?\))?(?: at \w++)?\+(?:0x)?[0-9a-f]++(?:/frame "
    r"0x[0-9a-f]++| \[(?P<file>[^\]:]++):(?P<line>\d++)\])?\s*$"
)
_BSD_AT = re.compile(r"^\s*+(?P<name>\w++)\([^()]*+\) at \w++\+0x[0-9a-f]++.*$")
_ZIRCON = re.compile(
    r"^\s*+bt#\d++: (?:0x[0-9a-f]++|\[ inline \]) (?P<name>\S++) (?P<place>(?P<file>[^\s:]++):(?P<line>\d++))\s*$"
)
_ZIRCON_LATE = re.compile(
    r"^\s*+#\d++(?:\.\d++)?\s++0x[0-9a-f]++ in (?P<name>\S++)(?: (?P<place>(?P<file>[^\s:]++):(?P<line>\d++)))?"
)

_MACHINERY = re.compile(
    r"^(?:_*dump_stack\w*+|show_stack|show_regs|show_trace\w*+|dump_backtrace|_*warn(?:_\w++)?"
    r"|__?report_bug|report_bug|fixup_bug|handle_bug|panic|vpanic|kpanic|_panic|die|__die|oops_\w++"
    r"|do_error_trap|do_invalid_op|invalid_op"
    r"|do_trap\w*+|exc_\w++|asm_exc_\w++|asm_sysvec_\w++|sysvec_\w++|error_\w++|page_fault"
    r"|async_page_fault|_*do_page_fault|do_user_addr_fault|no_context|_*bad_area\w*+|general_protection"
    r"|do_general_protection|divide_error|do_kernel_fault|__do_kernel_fault"
    r"|do_tag_check_fault|do_mem_abort|do_translation_fault|do_bad_area|do_DataAbort|__dabt_svc"
    r"|el[01]\w*+|entry_SYSCALL\w*+|do_syscall_64|do_syscall_\w++|system_call\w*+|ret_from_\w++"
    r"|ret_fast_syscall|sysenter_\w++|kthread|x64_sys_call|__se_sys\w*+|__x64_sys\w*+|invoke_syscall"
    r"|do_el0\w*+"
    r"|_*kasan_\w++|unwind_\w++|trap_fatal|db_\w++|_*asan_\w++|__hwasan\w*+|print_address_description\w*+"
    r"|print_report|check_memory_region\w*+|check_region_inline|kcsan_\w++|__tsan\w*+|kmsan_\w++"
    r"|__msan\w*+|kfence_\w++|kmemleak_alloc\w*+|ubsan_\w++|__ubsan\w*+|report_user_access"
    r"|print_\w*+bug\w*+|print_circular_bug\w*+|check_noncircular|check_prev\w*+|check_prevs\w*+"
    r"|validate_chain\w*+|_*lock_acquire|_*lock_release|lockdep_\w++|mark_lock\w*+|save_trace\w*+"
    r"|debug_\w*+|_*might_sleep|___might_sleep|_*might_fault|_*schedule\w*+|schedule_\w++|watchdog\w*+"
    r"|nmi_\w++|check_hung\w*+"
    r"|refcount_warn\w*+|refcount_(?:inc|dec|add|sub)\w*+|_*list_(?:add|del)_\w*+valid\w*+|_*memcpy\w*+"
    r"|_*memset\w*+|_*memcmp\w*+|_*memmove\w*+|strlen|strcmp|strscpy|spl_panic|spl_dumpstack|db_\w++"
    r"|kdb_\w++|trap\w*+|calltrap|alltraps\w*+|amd64_syscall|fast_syscall\w*+|fork_exit|fork_trampoline"
    r"|syscall|Xsyscall\w*+|platform_halt|x86_\w*+exception\w*+|kerntrap"
    r"|rcu_check_callbacks|check_cpu_stall\w*+|print_(?:cpu|other_cpu)_stall\w*+|rcu_\w*+stall\w*+"
    r"|update_process_times|tick_\w++|hrtimer_\w++|__hrtimer\w*+|apic_timer\w*+|local_apic\w*+"
    r"|smp_apic\w*+|oom_kill_process|out_of_memory|dump_header|mem_cgroup_out_of_memory"
    r"|__x86_indirect_thunk\w*+|arch_local_irq\w*+|sched_show_task)(?:\.\w++)*+$"
)


def frame_at(line: str, at: int) -> Frame | None:
    """The call that a line shows; those that the unwinder doubts ("? name") give None, as does everything else."""
    for pattern in (_LINUX, _ADDRESS, _ARM, _FROM, _ZIRCON, _BSD_AT, _BSD):
        match = pattern.match(line)
        if match:
            groups = match.groupdict()
            if groups.get("doubt") or groups["name"] == "at":
                return None
            return _made(groups, match, at)
    return None


def is_doubtful(line: str) -> bool:
    """A frame that the unwinder found on the stack but does not trust."""
    return bool(re.match(r"^\s*+(?:\[<[^>]*+>\]\s*+)?\? [\w.$]++", line))


def named(text: str, at: int) -> Frame | None:
    """The function of a place such as ``add_timer+0x74/0x80 kernel/time/timer.c:1147``."""
    return frame_at(text.strip(), at)


def origin(function: str) -> Origin:
    """Entry code, fault handling and reporting are the runtime; the rest of a kernel is what is debugged."""
    return "runtime" if _MACHINERY.match(function) else "app"


def _made(groups: dict[str, str | None], match: re.Match[str], at: int) -> Frame:
    name = groups["name"] or ""
    bare = re.sub(r"\.(?:isra|constprop|part|cold|llvm)\.?[\w.]*+$", "", name)
    line = groups.get("line")
    place = groups.get("place")
    return Frame(
        file=groups.get("file"),
        line=int(line[:9]) if line else None,
        function=bare,
        module=groups.get("module"),
        origin=origin(bare),
        printed=Span(at, match.start("place"), match.end("place")) if place else None,
    )
