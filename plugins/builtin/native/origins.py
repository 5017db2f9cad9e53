"""Whose code a native frame is: the C library and its kin, a library of the system, or the application."""

import re

from crashlight_sdk import Origin

_RUNTIME_PATH = re.compile(
    r"(?:^|/)(?:e?glibc|musl|newlib|bionic)(?:[-/]|$)|sysdeps/|/nptl/|/csu/|/libc-start|libc_start|/libsanitizer/|compiler-rt/"
    r"|(?:^|/)asan_\w++\.\w++$|/libstdc\+\+|(?:^|/)bits/[\w.]++$|/include/c\+\+/|/c\+\+/v?\d++[\w.]*+/|/libcxx/|/libcxxabi/"
    r"|lib(?:F|/f)uzzer/|/[Ff]uzzer(?:Loop|Driver|Main|Util\w*+|TraceState)\.cpp$|honggfuzz/|/vctools/|\\crt\\|/crt/"
    r"|exe_common\.inl|/llvm-project/(?:compiler-rt|libc)|src/string/|/usr/include/(?!boost|Qt|qt)|malloc/malloc\.c$|/\.\./sysdeps|/string/\w*(?:str|mem)\w*\.c$"
)
_RUNTIME_MODULE = re.compile(
    r"(?:^|[/\\])(?:libc(?:-\d[\d.]*+)?\.so|libc\.so|ld-[\w.-]*+so|ld-linux|libpthread|libm[-.]|librt[-.]|libdl[-.]|libstdc\+\+|libc\+\+|libgcc_s|linux-vdso|linux-gate"
    r"|libasan|libubsan|libtsan|liblsan|libclang_rt|ntdll|kernel32|kernelbase|KERNELBASE|ucrtbase|msvcr\w++|msvcp\w++|vcruntime|MSVC"
    r"|libsystem_\w++\.dylib|libdyld|dyld|libSystem|libart\.so|app_process|linker(?:64)?$|vgpreload_|libobjc|apphelp|combase|user32|USER32)",
)
_LIBRARY_PATH = re.compile(
    r"(?:^|/)(?:third_party(?!/(?:blink|WebKit)/)|3rdparty|third-party|thirdparty|external|vendor|node_modules|deps|subprojects|vcpkg_installed|vcpkg|\.conan2?|_deps)/"
    r"|/usr/(?:include|lib\w*+|local/(?:include|lib\w*+|Cellar)|src/(?:debug|linux)\w*+)/|/opt/homebrew/|/build/buildd/|/gtest|/googletest/|boost/"
)
_LIBRARY_MODULE = re.compile(
    r"^(?:/usr)?/lib\w*+/|^/usr/local/lib|^/opt/homebrew|^/System/Library|/Frameworks/|^[A-Z]:\\Windows\\|(?:^|/)lib[\w+.-]++\.(?:so|dylib)(?:[.\d]*+)$|\.framework|/memfd:|^/vendor/lib|^/system/|^/apex/"
)
_RUNTIME_NAME = re.compile(
    r"^(?:_*interceptor_|_{2,}(?:asan|msan|tsan|ubsan|lsan|sanitizer|hwasan|GI_|libc_|assert|cxa_|cxxabiv1|gnu_cxx|kernel_|pthread|restore_rt|stack_chk|fortify|chk_fail|glibcxx|nptl|scrt|security|abort|wrap_|pthread|sigtramp|vsprintf|strcpy|strlen|memcpy|memmove|memset)"
    r"|(?:__asan|__msan|__tsan|__ubsan|__lsan|__sanitizer|fuzzer|__gnu_cxx|__cxxabiv1|std(?:::__\w++)?|__gnu_debug|__fuzzer|__interception|absl::debugging_internal)::"
    r"|(?:base::debug|logging|v8::base|google::(?:LogMessage|logging)|absl::\w*log\w*)(?:::|\w*+)|_ZN(?:4base5debug|7logging|6google)|V8_Fatal|WTFCrash\w*+|DebugBreak|SbSystemBreak\w++|[\w\s:*&<>]*+ std::|operator (?:new|delete)|(?:_?_?GI_)?(?:raise|gsignal|abort|abort_message|_abort|pthread_kill\w*+|tgkill|kill|_?_exit|exit|malloc\w*+|_?int_malloc|_?int_free|_int_realloc|free(?:_\w++)?|cfree|calloc|realloc|memalign|posix_memalign"
    r"|str(?:len|cpy|ncpy|cat|ncat|cmp|ncmp|chr|rchr|str|dup|ndup|tol|toul|tok|casecmp|spn|cspn)\w*+|mem(?:cpy|move|set|cmp|chr)\w*+|[vs]?n?f?printf\w*+|_IO_\w++|fwrite|fread|fclose|fopen|fgets|fputs|puts|qsort\w*+|msort_with_tmp\w*+|bsearch|clone3?|start_thread|_pthread_start|thread_start|_?start|__?start|__libc_start\w*+|_dl_\w++|dl_\w++|poll|ppoll|select|nanosleep|wait4|do_system|read|write|getenv|atoi|longjmp|setjmp|sigaction|killpg"
    r"|_Unwind_\w++|_ZN?St\w*+|_Zn[wa]\w++|_Zd[la]\w++|__kernel_\w++|<signal handler called>|<unknown>|\?\?|n/a|objc_msgSend\w*+|RtlUserThreadStart|BaseThreadInitThunk|KiUser\w++|Rtl\w++|Nt\w++|_?wmainCRTStartup|mainCRTStartup|WinMainCRTStartup|invoke_main|__tmainCRTStartup|_CxxThrowException|RaiseException|raise_abort|sys_abort|stackTraceFromThread)\b)"
)


def origin(function: str | None, file: str | None, module: str | None) -> Origin:
    """By file first, then by the name of the function, then by the module it was loaded from."""
    path = (file or "").replace("\\", "/")
    name = function or ""
    if path and _RUNTIME_PATH.search(path):
        return "runtime"
    if _RUNTIME_NAME.match(name.lstrip("*& ")):
        return "runtime"
    if module and _RUNTIME_MODULE.search(module):
        return "runtime"
    if path:
        return "library" if _LIBRARY_PATH.search(path) else "app"
    if name.startswith(("testing::", "boost::", "Q", "g_", "gtk_")) and "::" in name + "::" and not module:
        return "library"
    if module and _LIBRARY_MODULE.search(module):
        return "library"
    return "app" if name and name != "??" else "unknown"
