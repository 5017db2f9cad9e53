"""The usual crashes of Python programs: the first rule that fits decides.

They stand in the order of the categories, so that what had to change wins over the class: a ``KeyError``
for an environment variable is a matter of configuration.
"""

from crashlight_sdk.rules import Facts, Rule

from . import proposals
from .datarules import DATA_RULES


def _environ(facts: Facts) -> bool:
    """Whether the key was looked up in ``os.environ``, by the source line or by the frame inside ``os``."""
    innermost = facts.cause.frames[:3]
    if any("environ[" in text.lower() for text in (facts.line, *(frame.text or "" for frame in innermost))):
        return True
    inner = innermost[0] if innermost else None
    at_os = inner is not None and (inner.file or "").endswith(("os.py", "<frozen os>", "UserDict.py"))
    return at_os and inner is not None and inner.function == "__getitem__"


def _half_imported(facts: Facts) -> bool:
    return "partially initialized module" in facts.cause.message


SYSTEM_RULES: tuple[Rule, ...] = (
    # The class is certain here, whatever words the message holds.
    Rule(
        "python/assertion", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=r"AssertionError|.*AssertionError|Failed|.*\.fail\.Exception",
        confidence=0.95,
    ),
    Rule(
        "python/permission", "permission",
        "The program may not access `{path}`.",
        "Give the user that runs it the right to `{path}`, or use a path that it may write to.",
        type="PermissionError",
        message=r"(?P<path>'[^']*'|$)",
    ),
    Rule(
        "python/permission-errno", "permission",
        "The operating system refused the operation: {message}.",
        "Run it as a user with the right, or use a resource that the program may use.",
        type="OSError|IOError|error|socket\\.error|IsADirectoryError",
        message=r"\[Errno (?:13|1)\]|Permission denied|Operation not permitted",
    ),
    Rule(
        "python/missing-module", "missing-dependency",
        "The module `{module}` is not installed where this program runs.",
        "Install the package that provides `{module}` in this environment and add it to the dependencies.",
        type="ModuleNotFoundError|ImportError",
        message=r"No module named '?(?P<module>[\w.]+)'?(?!.*is not a package)",
        propose=proposals.install, confidence=0.95,
    ),
    Rule(
        "python/not-a-package", "version-or-api-mismatch",
        "`{module}` cannot be imported: `{parent}` is a module, not a package.",
        "Check the name, and that no file of your own is called `{parent}.py` and hides the package.",
        type="ModuleNotFoundError|ImportError",
        message=r"No module named '?(?P<module>[\w.]+)'?; '(?P<parent>[\w.]+)' is not a package",
        confidence=0.7,
    ),
    Rule(
        "python/circular-import", "other",
        "`{module}` is used before its import is finished: modules import each other in a circle.",
        "Move the import into the function that needs it, or move what both need into a third module.",
        type="ImportError|AttributeError",
        message=r"partially initialized module '(?P<module>[\w.]+)'",
        confidence=0.75,
    ),
    Rule(
        "python/shared-library", "missing-dependency",
        "The shared library `{library}` is not on this machine.",
        "Install the system package that provides `{library}`.",
        type="ImportError|OSError",
        message=(
            r"(?P<library>[\w.+-]+\.(?:so[\d.]*|dylib|dll))(?:: cannot open shared object|' ?\(or one)"
            r"|DLL load failed.*?(?P<library2>\w+)?:"
        ),
    ),
    Rule(
        "python/missing-program", "missing-dependency",
        "The program `{program}` that was to be started is not installed or not on the PATH.",
        "Install `{program}`, or name its full path.",
        type="FileNotFoundError|OSError",
        message=r"No such file or directory: '(?P<program>[\w.+-]+)'",
        when=lambda facts: any("subprocess" in (frame.file or "") for frame in facts.cause.frames),
        confidence=0.95,
    ),
    Rule(
        "python/missing-extra", "missing-dependency",
        "An optional package is needed here and absent: {message}.",
        "Install the package that the message names and add it to the dependencies.",
        type="ImportError|RuntimeError|ModuleNotFoundError|ValueError",
        message=(
            r"(?i)(?:requires? (?:the )?['\"`]?[\w.-]+['\"`]? (?:package|library|module|to be installed)"
            r"|please (?:pip )?install|is not installed|missing optional dependency|pip install (?P<module>[\w.-]+))"
        ),
        propose=proposals.install, confidence=0.85,
    ),
    Rule(
        "python/missing-name-in-module", "version-or-api-mismatch",
        "`{module}` has no `{name}` in the installed version.",
        "Import the name that this version of `{module}` has, or install a version that has `{name}`.",
        type="ImportError",
        message=r"cannot import name '?(?P<name>\w+)'?(?: from '(?P<module>[\w.]+)')?",
        propose=proposals.rename, confidence=0.85,
    ),
    Rule(
        "python/removed-from-module", "version-or-api-mismatch",
        "The module `{module}` has no attribute `{name}`: it was renamed, removed, or never there.",
        "Use what the installed version of `{module}` offers, or check the spelling.",
        type="AttributeError",
        message=r"^module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'",
        propose=proposals.rename, confidence=0.85,
    ),
    Rule(
        "python/removed-attribute", "version-or-api-mismatch",
        "`{name}` was removed from `{owner}` in the version that is installed.",
        "Use what took its place, or install the version that the code was written for.",
        type="AttributeError",
        message=(
            r"'(?P<owner>DataFrame|Series|Index)' object has no attribute '(?P<name>append"
            r"|ix|iteritems|as_matrix|lookup|mad)'"
            r"|'(?P<owner2>dict)' object has no attribute '(?P<name2>has_key|iteritems|itervalues|iterkeys)'"
            r"|'(?P<owner3>str|generator)' object has no attribute '(?P<name3>decode|next)'"
        ),
        confidence=0.88,
    ),
    Rule(
        "python/binary-mismatch", "version-or-api-mismatch",
        "A compiled extension was built for another version: {message}.",
        "Reinstall the packages so that they are built against each other.",
        message=(
            r"binary incompatibility|compiled (?:against|using|with) (?:a |API |NumPy )|undefined symbol"
            r"|incompatible with|_ARRAY_API|was built for|Descriptors cannot|generated code is out of date"
            r"|API version mismatch"
        ),
        confidence=0.9,
    ),
    Rule(
        "python/version-conflict", "version-or-api-mismatch",
        "Two requirements do not fit together: {message}.",
        "Pin versions that fit together and install them into a fresh environment.",
        type=(
            r".*(?:VersionConflict|ContextualVersionConflict|UnsupportedVersion\w*|DistributionNotFound"
            r"|ResolutionImpossible|PackageNotFoundError)"
        ),
    ),
    Rule(
        "python/unexpected-argument", "version-or-api-mismatch",
        "`{function}` does not take the argument `{name}`.",
        ("Pass what the signature of `{function}` allows; the argument may be new, renamed or removed in "
         "the installed version."),
        type="TypeError",
        message=(
            r"(?P<function>[\w.<>]+)\(\) got (?:an unexpected|multiple values for)"
            r"(?: keyword)? argument '(?P<name>\w+)'"
        ),
        propose=proposals.drop_argument, confidence=0.8,
    ),
    Rule(
        "python/argument-count", "version-or-api-mismatch",
        "`{function}` was called with the wrong number of arguments: {message}.",
        "Make the call fit the signature of `{function}`.",
        type="TypeError",
        message=(
            r"(?P<function>[\w.<>]+)\(\) (?:missing \d+ required|takes (?:no|from|exactly|at (?:least|most)"
            r"|\d+)|expected (?:exactly |at least |at most )?\d+)"
        ),
        confidence=0.75,
    ),
    Rule(
        "python/environment-variable", "configuration",
        "The environment variable `{key}` is not set.",
        "Set `{key}` where the program is deployed, or give it a default with `os.environ.get`.",
        type="KeyError",
        message=r"^['\"]?(?P<key>[^'\"]+)['\"]?$",
        when=_environ, propose=proposals.guard_key, confidence=0.97,
    ),
    Rule(
        "python/configuration-section", "configuration",
        "The configuration has no such entry: {message}.",
        "Add it to the configuration file, and check that the file was found and read.",
        type=r"(?:.*configparser\.)?(?:NoSectionError|NoOptionError|MissingSectionHeaderError|InterpolationError\w*)",
        confidence=0.9,
    ),
    Rule(
        "python/improperly-configured", "configuration",
        "The application is not configured: {message}.",
        "Set what the message names in the settings of this deployment.",
        type=(
            r".*(?:ImproperlyConfigured|ConfigError|ConfigurationError|ConfigException"
            r"|SettingsError|AppRegistryNotReady"
            r"|UndefinedValueError|NoCredentialsError|NoRegionError|NotConfigured\w*|ConfigAttributeError"
            r"|MissingConfig\w*)"
        ),
        confidence=0.92,
    ),
    Rule(
        "python/settings-message", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where this program is deployed.",
        message=(
            r"(?i)environment variable|\bapi[_ ]key\b|must (?:be set|define|provide)[^.]{0,60}(?:setting"
            r"|config|variable|key)|(?:settings?|config(?:uration)?)[^.]{0,60}(?:missing|not set|not found"
            r"|invalid|required)|SECRET_KEY|DJANGO_SETTINGS_MODULE|unrecogni[sz]ed arguments|unknown option"
        ),
        confidence=0.85,
    ),
    Rule(
        "python/out-of-memory", "resource-exhaustion",
        "The process ran out of memory in {place}: {message}",
        "Process the data in parts, or find what keeps it alive; then raise the limit if the use is right.",
        type=r".*(?:MemoryError|OutOfMemoryError|ArrayMemoryError|ResourceExhaustedError)",
    ),
    Rule(
        "python/accelerator-memory", "resource-exhaustion",
        "The accelerator ran out of memory: {message}",
        "Use smaller batches, free tensors that are no longer needed, or use a device with more memory.",
        message=(
            r"(?i)out of memory|CUDA_ERROR_OUT_OF_MEMORY|failed to allocate|Unable to allocate|Cannot allocate memory"
        ),
    ),
    Rule(
        "python/too-many-files", "resource-exhaustion",
        "The process has too many files or sockets open.",
        "Close them with a `with` statement as soon as they are no longer needed.",
        type="OSError|IOError|error|socket\\.error",
        message=r"\[Errno 2[34]\]|Too many open files",
        confidence=0.95,
    ),
    Rule(
        "python/disk-full", "resource-exhaustion",
        "The disk or quota is full.",
        "Free space, or write to a volume that has some.",
        message=r"\[Errno 28\]|\[Errno 122\]|No space left on device|Disk quota exceeded|database or disk is full",
        confidence=0.95,
    ),
    Rule(
        "python/threads-exhausted", "resource-exhaustion",
        "No further thread or process could be started: {message}.",
        "Use a pool with a limit, and let finished threads end.",
        message=(
            r"can't start new thread|Resource temporarily unavailable|pool (?:limit|size)|QueuePool limit"
            r"|too many (?:clients|connections)"
        ),
    ),
    Rule(
        "python/native-crash",
        "memory-corruption",
        "Native code below {place} crashed with {type}.",
        "Look at the extension module that the line calls: update it, or report the crash with its native backtrace.",
        type=r"SIGSEGV|SIGBUS|SIGILL|SIGABRT",
        confidence=0.8,
    ),
    Rule(
        "python/recursion", "unbounded-recursion",
        "`{function}` calls itself without an end that this input reaches.",
        "Give the recursion a base case, or turn it into a loop; raising the limit only delays the crash.",
        type="RecursionError|RuntimeError|.*RecursionDepth\\w*",
        message=r"maximum recursion depth|^$|recursion",
        when=lambda facts: "recursion" in (facts.cause.crash_type + facts.cause.message).lower(),
        confidence=0.97,
    ),
    Rule(
        "python/changed-while-iterated", "concurrency",
        "A collection was changed while it was iterated: {message}.",
        "Iterate over a copy (`list(…)`), or collect the changes and apply them afterwards.",
        type="RuntimeError",
        message=r"(?:dictionary|set|deque|OrderedDict)\b.*(?:changed size|mutated|keys changed) during iteration",
        propose=proposals.iterate_copy, confidence=0.8,
    ),
    Rule(
        "python/event-loop", "concurrency",
        "The event loop was used from the wrong place: {message}.",
        ("Use one loop: await inside it, `asyncio.run` once outside, and `run_coroutine_threadsafe` from "
         "other threads."),
        message=(
            r"(?i)event loop is (?:closed|already running)|no running event loop|attached to a different loop"
            r"|no current event loop|cannot be called from a running event loop|bound to a different event loop"
            r"|another coroutine is already waiting"
        ),
    ),
    Rule(
        "python/thread-misuse", "concurrency",
        "A thread or lock was used wrongly: {message}.",
        "Start each thread once, release only what you hold, and keep objects in the thread that made them.",
        message=(
            r"(?i)threads can only be started once|release unlocked lock|cannot join (?:current )?thread"
            r"|created in a thread can only be used in that same thread|main thread is not in main loop"
            r"|signal only works in main thread|before starting a new process|deadlock|database is locked"
            r"|could not serialize access|lock wait timeout|generator already executing|BrokenProcessPool"
            r"|terminated abruptly"
        ),
    ),
    Rule(
        "python/connection-refused", "network-or-timeout",
        "Nothing listens at {peer}: the connection was refused.",
        "Start the service or correct host and port; retry with a limit while it comes up.",
        message=(
            r"(?i)(?:host='(?P<peer>[^']+)'.*?)?(?:connection refused|Errno 111\b|Errno 61\b|WinError 10061"
            r"|actively refused|ECONNREFUSED)"
        ),
        confidence=0.95,
    ),
    Rule(
        "python/name-resolution", "network-or-timeout",
        "The host name could not be resolved: {message}.",
        "Check the host name and the network of the machine.",
        message=(
            r"(?i)getaddrinfo failed|Name or service not known|nodename nor servname"
            r"|Temporary failure in name resolution"
            r"|NameResolutionError|No address associated with hostname"
        ),
        confidence=0.95,
    ),
    Rule(
        "python/timeout", "network-or-timeout",
        "The peer did not answer in time: {message}",
        "Check the peer, choose a timeout that fits it, and handle the failure with a bounded retry.",
        type=(
            r".*(?:Timeout(?:Error|Exception|Expired)?|timeout|TimedOut|ConnectTimeout|ReadTimeout\w*|DeadlineExceeded)"
        ),
        confidence=0.93,
    ),
    Rule(
        "python/port-in-use", "network-or-timeout",
        "The address or port is already in use.",
        "Stop the program that holds the port, or choose another one.",
        message=r"(?i)address already in use|Errno (?:98|48)\]|WinError 10048",
        confidence=0.85,
    ),
    Rule(
        "python/certificate", "network-or-timeout",
        "The TLS connection could not be made: {message}.",
        "Install the certificate authority, correct the host name, or renew the certificate.",
        type=r".*SSL\w*|.*CertificateError|.*MaxRetryError",
        message=r"(?i)ssl|certificate|tls",
        confidence=0.9,
    ),
    Rule(
        "python/connection", "network-or-timeout",
        "The connection failed: {message}",
        "Check that the peer runs and can be reached; handle the failure and retry with a limit.",
        type=(
            r".*(?:Connection(?:Error|ResetError|AbortedError|RefusedError|Closed\w*)|ProtocolError|RemoteDisconnected"
            r"|MaxRetryError|ConnectError|URLError|HTTPError|HTTPStatusError|ClientConnectorError|ClientError"
            r"|NewConnectionError|ServerDisconnectedError|gaierror|herror|OperationalError|ServerSelectionTimeoutError"
            r"|AutoReconnect|EndpointConnectionError|IncompleteRead|RequestException|TransportError|NoBrokersAvailable"
            r"|InterfaceError|SMTP\w+|APIConnectionError|ReadError|WriteError)"
        ),
        when=lambda facts: not _database_statement(facts),
        confidence=0.85,
    ),
    Rule(
        "python/broken-pipe", "io-or-filesystem",
        "The reader at the other end of the pipe has gone.",
        "Handle BrokenPipeError where the output is written.",
        type="BrokenPipeError|.*",
        message=r"\[Errno 32\]|Broken pipe",
    ),
    Rule(
        "python/missing-file", "io-or-filesystem",
        "The file or directory {path} does not exist.",
        "Check the path and the working directory, create the file before, or handle that it is absent.",
        type="FileNotFoundError|IOError|OSError|.*NoSuchFile\\w*|.*TemplateNotFound",
        message=(
            r"(?:No such file or directory|cannot find the (?:file|path)[^:]*)(?:: (?P<path>b?['\"].*['\"]))?"
            r"|(?P<path2>\S+ not found\.?$)|(?P<path3>^\S+$)"
        ),
        confidence=0.93,
    ),
    Rule(
        "python/wrong-kind-of-path", "io-or-filesystem",
        "The path is not of the kind that the program expects: {message}.",
        "Check the path before use, and handle that it is there already or is something else.",
        type="FileExistsError|IsADirectoryError|NotADirectoryError|.*SameFileError",
        confidence=0.93,
    ),
)  # fmt: skip


def _database_statement(facts: Facts) -> bool:
    """Whether a database driver complains of a statement rather than of the connection."""
    return "OperationalError" in facts.cause.crash_type and not any(
        word in facts.cause.message.lower() for word in ("connect", "timeout", "server", "host", "gone away", "closed")
    )


RULES: tuple[Rule, ...] = SYSTEM_RULES + DATA_RULES
