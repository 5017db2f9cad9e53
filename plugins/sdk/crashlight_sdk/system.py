"""Rules for what an operating system says, in the words of strerror(3) and of the usual resolvers and TLS libraries.

Programs in Go, Rust, C, Haskell, OCaml and others print these words as they are, so each of their plugins
appends :func:`system_rules` to its own table. The page of such a rule is ``<runtime>/file-not-found``.
"""

from crashlight_sdk.rules import Rule, rule

# A word that may be a path, an address or a host: it begins where a word begins, so that the search stays linear.
_WORD = r"(?<![^\s\"'`(=])(?P<{name}>(?=[^\s\"'`]{{0,160}}{sign})[^\s\"'`]{{0,160}}[^\s\"'`:,])"
_PATH = _WORD.format(name="path", sign=r"[\\/.]") + r"[\"'`]?[:,]? ?.{0,40}?"
_ADDRESS = _WORD.format(name="address", sign=r":\d{2,5}\b") + r"[\"'`]?[:,]? ?.{0,60}?"
_HOST = r"(?:lookup |host(?:name)? [\"'`]?|for )(?P<host>[\w.-]++).{0,60}?"


def _with_and_without(
    id: str,
    category: str,
    *,
    named: str,
    unnamed: str,
    fix: str,
    entity: str,
    phrase: str,
    confidence: float,
) -> tuple[Rule, Rule]:
    """Two rules under one id: the first names what ``entity`` finds before the phrase, the second does without."""
    return (
        rule(
            id,
            category,
            named,
            fix,
            message=f"(?is)\\A(?=.*?(?:{phrase})).*?{entity}(?:{phrase})",
            confidence=confidence,
        ),
        rule(id, category, unnamed, fix, message=f"(?i){phrase}", confidence=confidence),
    )


def system_rules(runtime: str) -> tuple[Rule, ...]:
    """The table under the ids of ``runtime``."""
    return (
        *_with_and_without(
            f"{runtime}/permission-denied",
            "permission",
            named="The program may not access `{path}`: permission denied.",
            unnamed="The operating system refused the operation: permission denied.",
            fix="Give the user that runs the program the right to it, or use a place that it may use.",
            entity=_PATH,
            phrase=r"permission denied|os error 13\b|access (?:to the path )?.{0,200}?is denied|\bEACCES\b",
            confidence=0.92,
        ),
        rule(
            f"{runtime}/not-permitted",
            "permission",
            "The operating system does not permit this: {message}",
            "Run it with the capability that it needs, or without the operation.",
            message=r"(?i)operation not permitted|os error 1\b|\bEPERM\b|read-only file system|not authorized"
            r"|unauthorized|\b403\b.{0,20}forbidden|status(?: code)?:? 40[13]\b",
            confidence=0.85,
        ),
        rule(
            f"{runtime}/executable-missing",
            "missing-dependency",
            "The program `{name}` is not installed, or not on the PATH.",
            "Install `{name}` where this runs, or give its full path.",
            message=r"(?i)exec: \"(?P<name>[^\"]+)\": executable file not found"
            r"|(?<![\w./-])(?P<name2>[\w./-]{1,200}+): command not found|executable file not found in \$PATH",
            confidence=0.95,
        ),
        rule(
            f"{runtime}/shared-library-missing",
            "missing-dependency",
            "The shared library `{library}` is not on this machine.",
            "Install the package that has `{library}`, or add its folder to the loader's path.",
            message=r"(?<![\w.+-])(?P<library>[\w.+-]{1,200}\.(?:so|dylib|dll)[\w.]*):? ?(?:cannot open shared object"
            r"|not found|image not found)|(?:Library not loaded: |Unable to load (?:shared library|DLL) '"
            r"|cannot load library ')(?P<library2>[^\s';]+)",
            confidence=0.95,
        ),
        rule(
            f"{runtime}/glibc-too-old",
            "version-or-api-mismatch",
            "The program was built against a newer C library than this machine has: {message}",
            "Build it on the oldest system that it must run on, or link it statically.",
            message=r"version `(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found",
            confidence=0.97,
        ),
        rule(
            f"{runtime}/environment-variable",
            "configuration",
            "The environment variable `{name}` is missing or wrong where this runs.",
            "Set `{name}` in the environment of this deployment, or give it a default.",
            message=r"(?i:\benv(?:ironment)?(?: var(?:iable)?)?s?)[:\s]+[\"'`]?(?P<name>[A-Z][A-Z0-9_]{2,})\b"
            r"|(?P<name2>\b[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,60})\b[\"'`]?.{0,20}(?i:(?:is )?not set|is (?:missing"
            r"|required|empty|unset)|must be set|undefined|environment variable)"
            r"|(?i:environment variable not found)",
            confidence=0.88,
        ),
        rule(
            f"{runtime}/bad-flag",
            "configuration",
            "An argument of the command line is wrong: {message}",
            "Correct the arguments with which this is started.",
            message=r"(?i)flag provided but not defined|(?:unknown|unrecognized|invalid) "
            r"(?:option|flag|command[- ]line)|missing required (?:argument|flag|option)|usage: ",
            confidence=0.8,
        ),
        rule(
            f"{runtime}/configuration",
            "configuration",
            "A setting is missing or wrong: {message}",
            "Correct the setting in this deployment; check it at start-up and say which one it is.",
            message=r"(?i)\b(?:config(?:uration)?|settings?|\.env|ya?ml|toml|ini)\b.{0,60}\b"
            r"(?:missing|invalid|not found|required|failed|unknown|cannot|error|wrong)|(?:missing|invalid|required"
            r"|no) (?:\w+ ){0,3}(?:config(?:uration)?|setting|credential|api key|token|secret)s?\b",
            confidence=0.72,
        ),
        rule(
            f"{runtime}/too-many-files",
            "resource-exhaustion",
            "The process has too many files or sockets open.",
            "Close files, responses and connections when they are done with; raise the limit only if all are needed.",
            message=r"(?i)too many open files|os error 24\b|\bEMFILE\b|\bENFILE\b",
            confidence=0.95,
        ),
        rule(
            f"{runtime}/disk-full",
            "resource-exhaustion",
            "The disk or quota is full: {message}",
            "Free space, or write to a volume that has some; rotate what grows.",
            message=r"(?i)no space left on device|os error 28\b|\bENOSPC\b|disk quota exceeded"
            r"|not enough space on the disk",
            confidence=0.95,
        ),
        rule(
            f"{runtime}/out-of-memory",
            "resource-exhaustion",
            "The program ran out of memory: {message}",
            "Find what is kept or read whole; work in pieces, or raise the limit if the use is right.",
            message=r"(?i)(?:cannot|failed to|unable to) allocate|out of memory|os error 12\b|\bENOMEM\b"
            r"|memory allocation of \d+ bytes|std::bad_alloc|insufficient memory"
            r"|resource temporarily unavailable.{0,40}thread|pthread_create failed",
            confidence=0.93,
        ),
        *_with_and_without(
            f"{runtime}/address-in-use",
            "network-or-timeout",
            named="Another process already listens on {address}.",
            unnamed="Another process already listens on the address that the program wants.",
            fix="Stop the other process, or listen on another port.",
            entity=_ADDRESS,
            phrase=r"address already in use|\bEADDRINUSE\b|only one usage of each socket address",
            confidence=0.9,
        ),
        *_with_and_without(
            f"{runtime}/connection-refused",
            "network-or-timeout",
            named="Nothing accepts connections at {address}: the connection was refused.",
            unnamed="Nothing accepts connections at the address that the program calls: the connection was refused.",
            fix="Start the service, or correct the address; retry for a while at start-up.",
            entity=_ADDRESS,
            phrase=r"connection (?:was )?refused|os error 111\b|\bECONNREFUSED\b|actively refused",
            confidence=0.93,
        ),
        rule(
            f"{runtime}/connection-lost",
            "network-or-timeout",
            "The peer closed or reset the connection: {message}",
            "Handle the lost connection: reconnect, and repeat what may safely be repeated.",
            message=r"(?i)connection (?:was )?(?:reset|aborted|closed|lost|terminated)|broken pipe.{0,20}(?:tcp|socket)"
            r"|os error (?:104|103)\b|\bECONNRESET\b|unexpected EOF|use of closed network connection"
            r"|server closed|transport (?:is )?closing|stream error|forcibly closed",
            confidence=0.82,
        ),
        *_with_and_without(
            f"{runtime}/unknown-host",
            "network-or-timeout",
            named="The host name `{host}` could not be resolved.",
            unnamed="A host name could not be resolved: {message}",
            fix="Correct the name, or make the resolver of this machine or container know it.",
            entity=_HOST,
            phrase=r"no such host|name or service not known|failed to lookup address"
            r"|temporary failure in name resolution|could not resolve host|nodename nor servname|unknown host"
            r"|name resolution",
            confidence=0.92,
        ),
        rule(
            f"{runtime}/certificate",
            "network-or-timeout",
            "The TLS certificate of the peer was not accepted: {message}",
            "Install the authority that signed it, renew it, or connect with the name that it was made for.",
            message=r"(?i)x509: |certificate (?:verify failed|is not trusted|has expired|signed by unknown)"
            r"|invalid peer certificate|tls handshake|ssl handshake|handshake failed|SSL connection could not",
            confidence=0.85,
        ),
        rule(
            f"{runtime}/timeout",
            "network-or-timeout",
            "A peer did not answer in time: {message}",
            "Find out why it is slow; set the time limit to fit, and handle its end.",
            message=r"(?i)deadline exceeded|i/o timeout|timed? ?out|os error 110\b|\bETIMEDOUT\b|deadline has elapsed"
            r"|no route to host|network is unreachable|host is unreachable",
            confidence=0.8,
        ),
        *_with_and_without(
            f"{runtime}/file-not-found",
            "io-or-filesystem",
            named="`{path}` does not exist.",
            unnamed="A file or folder that the program opens does not exist.",
            fix="Create it, correct the path (it is relative to the working directory), or handle that it is missing.",
            entity=_PATH,
            phrase=r"no such file or directory|os error [23]\b|\bENOENT\b|cannot find the (?:file|path)"
            r"|could not find (?:file|a part of the path)|file does not exist",
            confidence=0.9,
        ),
        rule(
            f"{runtime}/file-kind",
            "io-or-filesystem",
            "A path is not of the kind that the program expects: {message}",
            "Check whether the path is a file or a folder, and whether it exists, before using it.",
            message=r"(?i)is a directory|not a directory|file exists|directory not empty|\bEISDIR\b|\bENOTDIR\b"
            r"|\bEEXIST\b|os error (?:17|20|21|39)\b|bad file descriptor|file already closed"
            r"|invalid cross-device|file name too long",
            confidence=0.85,
        ),
        rule(
            f"{runtime}/broken-pipe",
            "io-or-filesystem",
            "The reader of this program's output went away.",
            "Treat a closed output as the end of the work: leave quietly on \bEPIPE\b.",
            message=r"(?i)broken pipe|\bEPIPE\b|os error 32\b|failed printing to stdout",
            confidence=0.92,
        ),
        rule(
            f"{runtime}/bad-utf8",
            "parsing-or-encoding",
            "Bytes that should be UTF-8 text are not: {message}",
            "Decode them with the encoding they have, or replace what is invalid.",
            message=r"(?i)invalid utf-?8|utf-?8 (?:sequence|error)|not valid utf-?8|invalid byte sequence|FromUtf8Error"
            r"|invalid unicode",
            confidence=0.93,
        ),
    )
