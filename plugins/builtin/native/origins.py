"""Whose code a native frame is: the C library and its kin, a library of the system, or the application."""

import re

from crashlight_sdk import Origin

_RUNTIME_PATH = re.compile(
    r"^\.{1,2}/(?:stdlib|nptl|sysdeps|csu|elf|malloc|string|stdio-common|libio|misc|debug|posix|assert"
    r"|signal|io|socket|time)/|(?:^|/)(?:e?glibc|musl|newlib|bionic)(?:[-/]|$)|sysdeps/|/nptl/|/csu/"
    r"|/libc-start|libc_start|/libsanitizer/|compiler-rt/"
    r"|(?:^|/)asan_\w++\.\w++$|/libstdc\+\+|(?:^|/)bits/[\w.]++$|/zig/(?:lib/)?std/|/include/c\+\+/"
    r"|/c\+\+/v?\d++[\w.]*+/"
    r"|/libcxx/|/libcxxabi/"
    r"|lib(?:F|/f)uzzer/|/[Ff]uzzer(?:Loop|Driver|Main|Util\w*+|TraceState)\.cpp$|honggfuzz/|/vctools/|\\crt\\|/crt/"
    r"|exe_common\.inl|/llvm-project/(?:compiler-rt|libc)|src/string/|/usr/include/(?!boost|Qt|qt)"
    r"|malloc/malloc\.c$|/\.\./sysdeps|/string/\w*(?:str|mem)\w*\.c$"
)
_RUNTIME_MODULE = re.compile(
    r"(?:^|[/\\])(?:libc(?:-\d[\d.]*+)?\.so|libc\.so|ld-[\w.-]*+so|ld-linux|libpthread|libm[-.]|librt[-.]|"
    r"libdl[-.]|libstdc\+\+|libc\+\+|libgcc_s|linux-vdso|linux-gate"
    r"|libasan|libubsan|libtsan|liblsan|libclang_rt|ntdll|kernel32|kernelbase|KERNELBASE|ucrtbase"
    r"|msvcr\w++|msvcp\w++|vcruntime|MSVC"
    r"|libsystem_\w++\.dylib|libdyld|dyld|libSystem|libart\.so|app_process|linker(?:64)?$|vgpreload_"
    r"|libobjc|apphelp|combase|user32|USER32)",
)
_LIBRARY_PATH = re.compile(
    r"(?:^|/)(?:third_party(?!/(?:blink|WebKit)/)|3rdparty|third-party|thirdparty|external|vendor"
    r"|node_modules|deps|subprojects|vcpkg_installed|vcpkg|\.conan2?|_deps)/"
    r"|/usr/(?:include|lib\w*+|local/(?:include|lib\w*+|Cellar)|src/(?:debug|linux)\w*+)/|/opt/homebrew/"
    r"|/build/buildd/|/gtest|/googletest/|boost/"
)
_LIBRARY_MODULE = re.compile(
    r"^(?:/usr)?/lib\w*+/|^/usr/local/lib|^/opt/homebrew|^/System/Library|/Frameworks/|^[A-Z]:\\Windows\\"
    r"|^lib[\w+-]{1,100}(?:\.[\w+-]{1,30}){0,3}?\.so\.\d|\.framework|/memfd:|^/vendor/lib|^/system/"
    r"|^/apex/"
)
_RUNTIME_NAME = re.compile(
    r"^(?:_*interceptor_|_{2,}(?:asan|msan|tsan|ubsan|lsan|sanitizer|hwasan|cxa_|cxxabiv1|gnu_cxx)"
    r"|(?:__asan|__msan|__tsan|__ubsan|__lsan"
    r"|__sanitizer|__interception|fuzzer|__fuzzer|__gnu_cxx|__cxxabiv1|__gnu_debug|std(?:::__\w++)?"
    r"|base::debug|logging|v8::base)::"
    r"|google::(?:LogMessage|logging)|_ZN(?:4base5debug|7logging|6google)|V8_Fatal|WTFCrash|DebugBreak"
    r"|SbSystemBreak|[\w\s:*&<>]*+ std::"
    r"|operator (?:new|delete)\b|__(?:GI|libc|pthread|assert|stack_chk|fortify|kernel|restore_rt|cxa)_"
    r"|<signal handler called>)"
)
# Names of the C library and of systems: they count only where the frame names no file, since programs use them too.
_LIBRARY_CALL = re.compile(
    r"^(?:__\w++|_?_?(?:GI_)?(?:raise|gsignal|abort|abort_message|pthread_\w++|tgkill|kill|exit|poll"
    r"|ppoll|select|nanosleep|wait4|do_system)"
    r"|(?:malloc|calloc|realloc|free|cfree|memalign|posix_memalign|valloc)(?:_\w*(?:consolidate|printerr"
    r"|trim|dbg|base|chk|impl))?|_int_(?:malloc|free|realloc|memalign)"
    r"|str(?:n?len|n?cpy|n?cat|n?cmp|r?chr|str|n?dup|toul?l?|tok|n?casecmp|c?spn)(?:_\w++)?|mem(?:cpy"
    r"|move|set|cmp|chr)(?:_\w++)?|[vs]?n?f?printf|_IO_\w++"
    r"|f(?:write|read|close|open|gets|puts)|puts|qsort(?:_r)?|msort_with_tmp|bsearch|clone3?|start_thread"
    r"|thread_start|_?start|_dl_\w++|dl_\w++|read|write|getenv|atoi|longjmp|setjmp|sigaction"
    r"|_Unwind_\w++|_ZN?St\w*+|_Zn[wa]\w++|_Zd[la]\w++|<unknown>|\?\?|n/a|objc_msgSend\w*+"
    r"|RtlUserThreadStart|BaseThreadInitThunk|KiUser\w++|Rtl\w++|Nt\w++|w?mainCRTStartup|WinMainCRTStartup"
    r"|invoke_main|_CxxThrowException|RaiseException)(?:@\S++)?(?:\.\w++)*+(?:\(.*)?$"
)


def origin(function: str | None, file: str | None, module: str | None) -> Origin:
    """By file first, then by the name of the function, then by the module it was loaded from."""
    path = (file or "").replace("\\", "/")
    name = function or ""
    if path and _RUNTIME_PATH.search(path):
        return "runtime"
    if _RUNTIME_NAME.match(name.lstrip("*& ")) or (not path and _LIBRARY_CALL.match(name)):
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
