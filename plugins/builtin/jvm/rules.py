"""The usual crashes on the JVM: the first rule that fits decides, in the order of the categories."""

from crashlight_sdk.rules import Rule

from . import proposals

RULES: tuple[Rule, ...] = (
    # The class is certain here, whatever words the message holds.
    Rule(
        "jvm/assertion", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=(
            r".*(?:Assertion\w*Error|ComparisonFailure|MultipleFailuresError|PotentialStubbingProblem"
            r"|WantedButNotInvoked"
            r"|NeverWantedButInvoked|TooManyActualInvocations|ArgumentsAreDifferent|UnnecessaryStubbingException"
            r"|TestFailedException|SpockComparisonFailure|ConditionNotSatisfiedError|PowerAssertionError"
            r"|VerificationException)"
        ),
        confidence=0.95,
    ),
    Rule(
        "jvm/permission", "permission",
        "The program may not do this: {message}.",
        ("Ask for the right (on Android: declare and request the permission), or give it to the user that "
         "runs the program."),
        type=(
            r".*(?:AccessDeniedException|SecurityException|AccessControlException|AuthorizationException"
            r"|ForbiddenException|AuthenticationException|BadCredentialsException|Unauthorized\w*|Forbidden"
            r"|NotAuthorizedException|InsufficientAuthenticationException|AuthorizationDeniedException"
            r"|AccessControlError|PasswordException)"
        ),
        confidence=0.93,
    ),
    Rule(
        "jvm/permission-message", "permission",
        "The operating system or peer refused the operation: {message}.",
        "Give the program the right, or use a resource that it may use.",
        message=(
            r"(?i)permission denied|access (?:is )?denied|EACCES|EPERM|not permitted|Permission Denial"
            r"|requires [\w.]*permission|Missing (?:\w+ )*permissions?|not authori[sz]ed|Authentication failed"
            r"|\b40[13] (?:Unauthorized|Forbidden)|Read-only file system|Access denied for user|Cleartext HTTP traffic"
            r"|module [\w.]+ does not \"(?:opens|exports) "
        ),
        confidence=0.88,
    ),
    Rule(
        "jvm/main-class", "missing-dependency",
        "The main class {name} is not on the class path.",
        "Check the class path and the name; the class has to be compiled and packed.",
        message=r"(?:find or load|find) main class (?P<name>[\w.$]+)",
        confidence=0.85,
    ),
    Rule(
        "jvm/initializer-failed-before", "configuration",
        "The class {name} cannot be used: its static initialiser failed before.",
        "Look for the first ExceptionInInitializerError in the log; that is the cause.",
        type="NoClassDefFoundError|java\\.lang\\.NoClassDefFoundError",
        message=r"Could not initialize class (?P<name>[\w.$]+)",
        confidence=0.5,
    ),
    Rule(
        "jvm/missing-class", "missing-dependency",
        "The class `{name}` is not on the class path.",
        "Add the library that holds `{name}` to the build, with the scope that puts it there at run time.",
        type=r".*(?:NoClassDefFoundError|ClassNotFoundException|TypeNotPresentException|CNFException)",
        message=r"(?:(?:Failed resolution of: L|Didn't find class \"|Type )?(?P<name>[\w.$/]+))|",
        propose=proposals.install, confidence=0.93,
    ),
    Rule(
        "jvm/native-library", "missing-dependency",
        "A native library cannot be loaded: {message}.",
        "Install it for this system and processor, and put it on java.library.path.",
        type=r".*UnsatisfiedLinkError",
        confidence=0.92,
    ),
    Rule(
        "jvm/missing-driver", "missing-dependency",
        "No driver or provider is there for what is asked: {message}.",
        "Add the library that provides it to the run-time class path.",
        message=(
            r"No suitable driver|Provider .{1,80} not found|No SLF4J providers"
            r"|Cannot run program \"(?P<name>[^\"]+)\".*(?:No such file"
            r"|error=2)|No .{1,60} implementation found|Failed to load driver class|Cannot load driver class"
            r"|No FileSystem for scheme|Implementation of JAXB"
        ),
        confidence=0.88,
    ),
    Rule(
        "jvm/no-application", "missing-dependency",
        "No installed application answers this intent: {message}.",
        "Check with `resolveActivity` before starting it, and handle that there is none.",
        type=r".*ActivityNotFoundException",
        confidence=0.8,
    ),
    Rule(
        "jvm/database-schema", "version-or-api-mismatch",
        "The database has no such table or column: {message}.",
        "Run the migrations that create it, or correct the name in the query.",
        message=(
            r"no such (?:table|column)|relation \"[^\"]+\" does not exist|column \"?[\w.]+\"? does not exist"
            r"|Unknown column|Table '[^']+' doesn't exist|ORA-00942|Invalid (?:object|column) name|Schema-validation"
        ),
        confidence=0.85,
    ),
    Rule(
        "jvm/missing-method", "version-or-api-mismatch",
        "`{name}` is not there in the version of the library that runs.",
        ("Find out which version is on the class path (two may be), and align them with what the code was "
         "compiled against."),
        type=(
            r".*(?:NoSuchMethodError|NoSuchFieldError|AbstractMethodError|IncompatibleClassChangeError"
            r"|IllegalAccessError|NoSuchMethodException|NoSuchFieldException|InstantiationError|VerifyError"
            r"|ClassFormatError|BootstrapMethodError|LinkageError|LambdaConversionException"
            r"|InaccessibleObjectException)"
        ),
        message=(
            r"(?:No (?:virtual|static|interface|direct|super) method |No (?:static|instance) field "
            r"|')?(?P<name>[\w.$/<>]+(?:\([^)]*\))?)"
            r"|"
        ),
        confidence=0.94,
    ),
    Rule(
        "jvm/class-version", "version-or-api-mismatch",
        "The class was compiled for a newer Java than the one that runs: {message}.",
        "Run it with a newer Java, or compile it for the one that is there.",
        type=r".*UnsupportedClassVersionError|.*",
        message=(
            r"compiled by a more recent version|Unsupported major\.minor|Unsupported class file|class file version"
            r"|Dependency requires at least JVM|invalid (?:source|target) release|[Uu]nsupported .{0,30}version"
            r"|binary version of its metadata|incompatible version|Inconsistent JVM-target"
            r"|requires (?:at least )?(?:Java"
            r"|Gradle|JDK|Kotlin)|API level|version mismatch|checkNotNullParameter|serialVersionUID"
        ),
        confidence=0.94,
    ),
    Rule(
        "jvm/spring-bean", "configuration",
        "The application context cannot be built: {message}",
        "Declare or configure the bean that the message names.",
        type=(
            r".*(?:NoSuchBeanDefinitionException|UnsatisfiedDependencyException|BeanCreationException"
            r"|BeanDefinition\w*Exception"
            r"|NoUniqueBeanDefinitionException|BeanCurrentlyInCreationException|BeanNotOfRequiredTypeException"
            r"|ApplicationContextException|BindException|ConfigurationPropertiesBindException"
            r"|UnboundConfigurationPropertiesException"
            r"|InvalidConfig\w*|ProvisionException|CreationException|NoBeanDefFoundException|NoDefinitionFoundException"
            r"|InstanceCreationException)"
        ),
        confidence=0.85,
        when=lambda facts: not facts.cause.crash_type.startswith("java.net."),
    ),
    Rule(
        "jvm/configuration", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where the program is deployed.",
        type=(
            r".*(?:Config\w*Exception|ConfigurationException|MissingResourceException|MissingPropertyException"
            r"|SettingsException|NoSuchProviderException|IllegalConfigurationException|MissingRequired\w*"
            r"|ParameterException|UnrecognizedOptionException|MissingOptionException|ConfigException\$\w+)"
        ),
        confidence=0.85,
        when=lambda facts: not facts.cause.crash_type.startswith("groovy.lang."),
    ),
    Rule(
        "jvm/configuration-message", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where the program is deployed.",
        message=(
            r"(?i)could not resolve placeholder|environment variable|(?:property|setting|parameter|config(?:uration)?"
            r"|option)\b[^.]{0,60}(?:is |was |are )?(?:not (?:set|found|configured|specified|defined)|missing"
            r"|required|must be)|no configuration|(?:missing|required) (?:property|configuration|setting"
            r"|api key|environment)|url.{0,40}is not specified|Failed to configure a DataSource|is not configured"
            r"|have you declared this activity in your AndroidManifest|You need to use a Theme|not (?:declared"
            r"|registered) in|No (?:resource )?found that matches|Unknown (?:lifecycle phase"
            r"|option)|Unrecognized option"
            r"|API key"
        ),
        confidence=0.85,
    ),
    Rule(
        "jvm/native-crash",
        "memory-corruption",
        "Native code crashed with {type} in `{function}`.",
        "Look at the library of the problematic frame: update it, or report the crash with the hs_err file.",
        type=r"SIG[A-Z]+|EXCEPTION_\w+|Internal Error",
        confidence=0.8,
    ),
    Rule(
        "jvm/out-of-memory", "resource-exhaustion",
        "The program ran out of memory: {message}",
        ("Find what is kept alive or is too large at once (a heap dump shows it); then raise the limit if "
         "the use is right."),
        type=(
            r".*(?:OutOfMemoryError|OutOfMemoryException|TransactionTooLargeException|OutOfDirectMemoryError"
            r"|CursorWindowAllocationException)"
        ),
        confidence=0.96,
    ),
    Rule(
        "jvm/shut-down", "concurrency",
        "A task was given to an executor that is shut down: {message}.",
        "Do not submit after the shutdown, or give the executor the life of its users.",
        message=r"rejected from .*\[(?:Shutting down|Terminated)|[Ee]xecutor (?:has been )?shut ?down",
        confidence=0.88,
    ),
    Rule(
        "jvm/resources", "resource-exhaustion",
        "A resource of the machine ran out: {message}.",
        "Close what is no longer needed, limit how much runs at once, or raise the limit.",
        message=(
            r"(?i)too many open files|no space left|unable to create (?:new )?native thread|EMFILE|ENOSPC"
            r"|disk full|quota exceeded|Connection is not available, request timed out|pool (?:is )?exhausted"
            r"|Timeout waiting for (?:idle object|connection from pool)|too many connections|GC overhead"
            r"|insufficient memory|task .{0,200} rejected from|could not allocate|database or disk is full"
            r"|TransactionTooLarge|RejectedExecution"
        ),
        confidence=0.9,
    ),
    Rule(
        "jvm/recursion", "unbounded-recursion",
        "`{function}` calls itself without an end that this input reaches.",
        "Give the recursion a base case, or turn it into a loop.",
        type=r".*StackOverflowError",
        confidence=0.97,
    ),
    Rule(
        "jvm/recursion-message", "unbounded-recursion",
        "Something refers to itself without an end: {message}.",
        "Break the circle, for example by leaving one direction out.",
        message=r"Infinite recursion|stack size \d+[KM]B",
        confidence=0.93,
    ),
    Rule(
        "jvm/changed-while-iterated", "concurrency",
        "A collection was changed while it was iterated.",
        ("Collect the changes and apply them after the loop (or use `removeIf`); between threads use a "
         "concurrent collection or a lock."),
        type=r".*ConcurrentModificationException",
        propose=proposals.iterate_copy, confidence=0.95,
    ),
    Rule(
        "jvm/deadlock", "concurrency",
        "Threads wait for each other: {message}.",
        "Take the locks in the same order everywhere, or hold only one at a time.",
        type=r"deadlock|.*Deadlock\w*|.*LockAcquisitionException|.*CannotAcquireLockException|.*PessimisticLock\w*",
        confidence=0.96,
    ),
    Rule(
        "jvm/wrong-thread", "concurrency",
        "An object was used from the wrong thread: {message}",
        "Do this in the thread that owns the object (on Android: `runOnUiThread` or the main dispatcher).",
        type=(
            r".*(?:CalledFromWrongThreadException|WrongThreadException|IllegalMonitorStateException"
            r"|IllegalThreadStateException"
            r"|OptimisticLock\w*|StaleObjectStateException|StaleStateException|BrokenBarrierException"
            r"|RejectedExecutionException"
            r"|NetworkOnMainThreadException|CompletionException|ExecutionException|CancellationException"
            r"|JobCancellationException|InterruptedException|ClosedByInterruptException|ClosedSelectorException"
            r"|ClosedSendChannelException|SQLITE_BUSY|AsyncRequestNotUsableException)"
        ),
        confidence=0.8,
    ),
    Rule(
        "jvm/window-gone", "concurrency",
        "A window was shown for an activity that is no longer there: {message}.",
        "Check `isFinishing` before showing it, and dismiss it when the activity ends.",
        type=r".*BadTokenException|.*WindowLeaked",
        confidence=0.85,
    ),
    Rule(
        "jvm/thread-message", "concurrency",
        "Threads or lifecycles got in each other's way: {message}.",
        "Use the object in its own thread and while it is open; guard shared state.",
        message=(
            r"(?i)deadlock|Only the original thread that created|not on (?:the )?(?:main|FX application"
            r"|UI) thread|on a background thread|Can't create handler inside thread|Cannot (?:invoke"
            r"|access database) .*(?:main thread"
            r"|background)|after onSaveInstanceState|(?:already|been|is) (?:closed|shutdown|released|disposed"
            r"|destroyed|recycled)\b|Stream closed|Connection (?:pool )?(?:has been )?shut ?down|not attached to (?:a"
            r"|an|window manager|activity)|optimistic lock|could not (?:obtain|acquire) lock|lock wait timeout"
            r"|database is locked|no current session|trying to use a recycled bitmap"
            r"|attempt to re-open an already-closed"
            r"|Module with the Main dispatcher|Job was cancelled|Parent job is|EntityManager is closed"
            r"|session is closed|unclosed transaction"
        ),
        confidence=0.75,
    ),
    Rule(
        "jvm/not-responding", "concurrency",
        "The application did not answer in time: {message}.",
        "Keep long work and locks off the main thread.",
        type="ANR",
        confidence=0.7,
    ),
    Rule(
        "jvm/connection-refused", "network-or-timeout",
        "Nothing listens at the other end: {message}.",
        "Start the service or correct host and port; retry with a limit while it comes up.",
        message=r"(?i)connection refused|ECONNREFUSED|failed to connect to|Connect to .* failed",
        confidence=0.95,
    ),
    Rule(
        "jvm/port-in-use", "network-or-timeout",
        "The port is already in use: {message}.",
        "Stop the program that holds it, or choose another one.",
        message=r"(?i)address already in use|port \d+ (?:was|is) already|EADDRINUSE",
        confidence=0.88,
    ),
    Rule(
        "jvm/name-resolution", "network-or-timeout",
        "The host name could not be resolved: {message}.",
        "Check the host name and the network of the machine.",
        type=r".*(?:UnknownHostException|GaiException|UnresolvedAddressException)",
        confidence=0.96,
    ),
    Rule(
        "jvm/timeout", "network-or-timeout",
        "The peer did not answer in time: {message}",
        "Check the peer, choose a timeout that fits it, and handle the failure with a bounded retry.",
        type=(
            r".*(?:Timeout\w*Exception|TimedOutException|TimeoutCancellationException|QueryTimeoutException"
            r"|DeadlineExceeded\w*|TestTimedOutException)"
        ),
        confidence=0.92,
    ),
    Rule(
        "jvm/network", "network-or-timeout",
        "The connection failed: {message}",
        "Check that the peer runs and can be reached; handle the failure and retry with a limit.",
        type=(
            r".*(?:ConnectException|SocketException|NoRouteToHostException|PortUnreachableException|SSL\w*Exception"
            r"|CertificateException|CertPathValidatorException|CertPathBuilderException|SunCertPathBuilderException"
            r"|HttpHostConnectException|ResourceAccessException|ClientAbortException|ConnectionClosedException"
            r"|NoHttpResponseException|StreamResetException|ConnectionShutdownException|CommunicationsException"
            r"|CommunicationException|ConnectionException|HttpServerErrorException\$?\w*|ServiceUnavailable"
            r"|BadGateway|WebServiceException|RemoteException|UnknownServiceException|ClosedChannelException"
            r"|AsynchronousCloseException|ErrnoException|RetryableException|JedisConnectionException|MongoSocket\w*"
            r"|MongoTimeoutException|JMSException|AmqpConnectException|MailSendException|MessagingException"
            r"|SMTP\w*Exception|SendFailedException|StatusRuntimeException|HttpException|HttpClientErrorException\$?\w*"
            r"|NotYetConnectedException|WebClientRequestException|WebClientResponseException\$?\w*"
            r"|TransientConnectionException"
            r"|SQLTransientConnectionException|SQLRecoverableException|SQLNonTransientConnectionException"
            r"|CannotGetJdbcConnectionException|JDBCConnectionException|UnavailableException|NoNodeAvailableException"
            r"|NoBrokersAvailable\w*|DisconnectException)"
        ),
        confidence=0.88,
    ),
    Rule(
        "jvm/network-message", "network-or-timeout",
        "The connection failed or was too slow: {message}.",
        "Check the peer, handle the failure, and retry with a limit.",
        message=(
            r"(?i)connection (?:was )?(?:reset|closed|aborted|timed out|lost|terminated)|read timed out"
            r"|connect timed out|timed out|unexpected end of stream|communications link failure|broker .*not available"
            r"|no route to host|network is unreachable|PKIX path|handshake|certificate"
            r"|HTTP (?:response code: )?(?:5\d\d"
            r"|429)|Server returned HTTP|unreachable|Unable to resolve host|Could not (?:GET|resolve host)"
        ),
        confidence=0.85,
    ),
    Rule(
        "jvm/missing-file", "io-or-filesystem",
        "The file or resource does not exist: {message}.",
        ("Check the path (relative ones start at the working directory, resources at the class path), or "
         "handle that it is absent."),
        type=(
            r".*(?:FileNotFoundException|NoSuchFileException|NotDirectoryException|TemplateInputException"
            r"|TemplateNotFoundException|FileSystemNotFoundException|Resources\$NotFoundException)"
        ),
        confidence=0.93,
    ),
    Rule(
        "jvm/file-system", "io-or-filesystem",
        "A path, file or pipe was not as expected: {message}.",
        "Check before use, and handle this case.",
        type=(
            r".*(?:FileAlreadyExistsException|DirectoryNotEmptyException|FileSystemException|FileSystemLoopException"
            r"|InvalidPathException|ClosedFileSystemException|FileSystemAlreadyExistsException|EOFException"
            r"|UncheckedIOException|SQLiteCantOpenDatabaseException|SQLiteDiskIOException|IOException)"
        ),
        confidence=0.72,
        when=lambda facts: "EOF" not in facts.cause.crash_type,
    ),
    Rule(
        "jvm/number-from-text", "parsing-or-encoding",
        "The text {text} is not a number.",
        "Check or clean the text before converting it, and handle NumberFormatException.",
        type=r".*NumberFormatException",
        message=(
            r"[Ff]or input string: (?P<text>\"[^\"]*\")|Invalid \w+: (?P<text2>\"[^\"]*\")|(?P<text3>empty String)"
            r"|(?P<text4>.*)"
        ),
        propose=proposals.skip_no_number, confidence=0.95,
    ),
    Rule(
        "jvm/date-from-text", "parsing-or-encoding",
        "The text is not a date of the expected form: {message}.",
        "Parse it with the pattern it has, and handle the exception.",
        type=(
            r".*(?:DateTimeParseException|DateTimeException|java\.text\.ParseException|UnsupportedTemporalTypeException"
            r"|IllegalFieldValueException)"
        ),
        confidence=0.93,
    ),
    Rule(
        "jvm/malformed", "parsing-or-encoding",
        "The data is malformed or of another shape than expected: {message}",
        "Check what was received, make the types fit it, and handle the exception.",
        type=(
            r".*(?:Json\w*Exception|JSONException|JsonSyntaxException|MismatchedInputException|InvalidFormatException"
            r"|UnrecognizedPropertyException|InvalidDefinitionException|InvalidTypeIdException"
            r"|ValueInstantiationException"
            r"|InvalidNullException|MalformedJsonException|SAXParseException|SAXException|XmlPullParserException"
            r"|XMLStreamException|UnmarshalException|MarshallingFailure\w*|ParseException|ParserException"
            r"|ScannerException|ParseError\w*|YAMLException|MarkedYAMLException|MalformedURLException"
            r"|URISyntaxException"
            r"|UnsupportedEncodingException|CharacterCodingException|MalformedInputException"
            r"|UnmappableCharacterException"
            r"|PatternSyntaxException|UnknownFormatConversionException|IllegalFormat\w*Exception"
            r"|MissingFormatArgumentException"
            r"|InvalidProtocolBufferException|ZipException|StreamCorruptedException|InvalidClassException"
            r"|OptionalDataException|DataFormatException|HttpMessageNotReadableException|SerializationException"
            r"|MissingFieldException|DecodingException|JsonDecodingException|SQLSyntaxErrorException"
            r"|BadSqlGrammarException"
            r"|PSQLException|SqlException|EOFException|TokenMgrError|MalformedException|BadPaddingException"
            r"|IllegalBlockSizeException|InvalidKeyException|InvalidKeySpecException|NotOfficeXmlFileException"
            r"|AEADBadTagException|NutsException|DecoderException|InputMismatchException|InputCoercionException"
            r"|StreamReadException|TemplateProcessingException|SpelParseException|QuerySyntaxException"
            r"|ResourceParseException)"
        ),
        confidence=0.88,
    ),
    Rule(
        "jvm/malformed-message", "parsing-or-encoding",
        "The text is malformed: {message}.",
        "Check the text before it is parsed, and handle what is malformed.",
        message=(
            r"(?i)unexpected (?:token|character|end of|char|EOF|symbol)|malformed|cannot deserialize|could not (?:parse"
            r"|decode|read json)|failed to parse|unable to parse|Illegal (?:character|base64|hex|pattern)"
            r"|invalid (?:UUID|URL|URI|date|number|JSON|XML|mime|character|byte|encoding|UTF-8|header|magic"
            r"|format|stored block)|Expected BEGIN_|not a valid (?:URL|date|number)|Content is not allowed in prolog"
            r"|unterminated|Not in GZIP|Unparseable|no protocol: |Input byte(?: array)? has"
            r"|Last unit does not have enough"
        ),
        confidence=0.87,
    ),
    Rule(
        "jvm/division-by-zero", "numeric",
        "The divisor is zero in {place}.",
        "Handle the case that the divisor is zero before dividing.",
        type=r".*ArithmeticException",
        message=r"/ by zero|[Dd]ivi(?:de|sion) by zero|BigInteger divide|Division undefined|divide by zero",
        propose=proposals.guard_zero, confidence=0.97,
    ),
    Rule(
        "jvm/arithmetic", "numeric",
        "The number is outside the range of the operation: {message}.",
        "Check the operands, or use a type with a wider range; for BigDecimal give a scale and a rounding mode.",
        type=r".*(?:ArithmeticException|NegativeArraySizeException)",
        confidence=0.93,
    ),
    Rule(
        "jvm/index", "missing-key-or-index",
        "The index is outside the collection: {message}.",
        "Check the length before the access, or correct the bound of the loop.",
        type=r".*IndexOutOfBoundsException",
        propose=proposals.loop_bound, confidence=0.96,
    ),
    Rule(
        "jvm/no-element", "missing-key-or-index",
        "There is no such element: {message}",
        "Handle the case that it is absent (`orElse`, `hasNext`, `firstOrNull`).",
        type=(
            r".*(?:NoSuchElementException|EmptyStackException|NoResultException|EmptyResultDataAccessException"
            r"|EntityNotFoundException|NotFoundException|KeyNotFoundException|ObjectNotFoundException"
            r"|NonUniqueResultException"
            r"|NotFound|CursorIndexOutOfBoundsException|ObjectRetrievalFailureException|MissingKeyException"
            r"|NoSuchKeyException)"
        ),
        propose=proposals.guard_optional, confidence=0.9,
    ),
    Rule(
        "jvm/empty", "missing-key-or-index",
        "The collection has no such element: {message}.",
        "Handle the case that it is empty or the key is absent.",
        message=(
            r"(?i)(?:collection|list|array|sequence|map|iterator|reduce) (?:\w+ ){0,3}(?:is )?(?:empty"
            r"|contains no element|of empty)|key .{1,80} (?:is missing|not found)|contains no element matching"
            r"|empty\.\w+|None\.get|column '?[^']{1,60}'? does not exist|no such column|index .{1,40} out of"
            r"|no value present"
        ),
        confidence=0.88,
    ),
    Rule(
        "jvm/null-call", "null-or-undefined",
        "`{expression}` is null where `{member}` is used.",
        "Find out why it is null, and handle that case before it is used.",
        type=r".*NullPointerException",
        message=(
            r"Cannot (?:invoke|read field|assign field|load from|store to|read the|enter"
            r"|throw)[^\"]*(?:\"(?P<member>[^\"(]+)(?:\([^\"]*)?\" )?"
            r"because \"?(?P<expression>[^\"]*?(?:\"[^\"]*\")?[^\"]*)\"? is null"
        ),
        propose=proposals.guard_null, confidence=0.97,
    ),
    Rule(
        "jvm/null-android", "null-or-undefined",
        "`{member}` is used on a null reference.",
        "Find out why the object is null, and handle that case before it is used.",
        type=r".*NullPointerException",
        message=(
            r"Attempt to (?:invoke (?:virtual|interface|direct) method|read from field|write to field|get length of"
            r"|read from|write to) '?(?:[\w.$<>\[\]]+ )?(?P<member>[\w.$]+)"
        ),
        propose=proposals.guard_null, confidence=0.97,
    ),
    Rule(
        "jvm/null-argument", "null-or-undefined",
        "The parameter `{expression}` must not be null.",
        "Pass a value, or allow null where the parameter is declared.",
        message=(
            r"(?:Parameter specified as non-null is null: method .*?, parameter |[Pp]arameter "
            r"|[Aa]rgument )'?(?P<expression>\w+)'?(?: (?:must not"
            r"|cannot|can not|may not|should not) be null|$)"
            r"|null cannot be cast to non-null type (?P<expression2>[\w.]+)"
        ),
        confidence=0.92,
    ),
    Rule(
        "jvm/null", "null-or-undefined",
        "A null value is used in {place}: {message}",
        "Find out which value of the line is null, and handle that case before it is used.",
        type=(
            r".*(?:NullPointerException|UninitializedPropertyAccessException|KotlinNullPointerException"
            r"|NullValueInNestedPathException|PropertyValueException)"
        ),
        propose=proposals.guard_null, confidence=0.95,
    ),
    Rule(
        "jvm/null-message", "null-or-undefined",
        "A value is null or not initialised where one is needed: {message}.",
        "Find out why it is absent, and handle that case before it is used.",
        message=(
            r"(?i)\b(?:must not|cannot|can't|may not|should not) be null|is null\b|null object reference"
            r"|has not been initialized|was null|required value was null|on null object|\bnull (?:id|value"
            r"|pointer|key)"
        ),
        confidence=0.87,
    ),
    Rule(
        "jvm/cast", "type-mismatch",
        "The value is of another class than the code expects: {message}",
        "Check the type first, or correct where the value comes from; the same class in two loaders differs too.",
        type=(
            r".*(?:ClassCastException|ArrayStoreException|GroovyCastException|ConversionFailedException"
            r"|ConverterNotFoundException|MethodArgumentTypeMismatchException|TypeMismatch\w*Exception"
            r"|IllegalArgumentTypeException|NotSerializableException)"
        ),
        propose=proposals.check_cast, confidence=0.94,
    ),
    Rule(
        "jvm/groovy-member", "type-mismatch",
        "The object has no such member: {message}",
        "Check the name and the type of the object.",
        type=r"groovy\.lang\.Missing(?:Property|Method|Field)Exception",
        confidence=0.85,
    ),
    Rule(
        "jvm/type-message", "type-mismatch",
        "A value is of another type than the code expects: {message}.",
        "Convert the value, or correct where it gets its type.",
        message=(
            r"(?i)cannot be (?:cast|converted)|argument type mismatch|wrong type|is not an instance of"
            r"|expected .{1,60} but (?:was|got|found)|Can not set .{1,120} to|incompatible types"
            r"|parameter value .{1,80} did not match"
        ),
        confidence=0.83,
    ),
    Rule(
        "jvm/constraint", "assertion-or-invariant",
        "A constraint of the database was violated: {message}.",
        "Check for the row before writing it, or handle the conflict.",
        type=(
            r".*(?:ConstraintViolationException|DataIntegrityViolationException|IntegrityConstraintViolationException"
            r"|DuplicateKeyException|SQLiteConstraintException)"
        ),
        confidence=0.83,
    ),
    Rule(
        "jvm/illegal-state", "assertion-or-invariant",
        "The object is not in the state that the call needs: {message}",
        "Do the calls in the order that the object expects, or check its state first.",
        type=(
            r".*(?:IllegalStateException|InvalidStateException|LazyInitializationException|TransactionRequiredException"
            r"|MatchError|NoWhenBranchMatchedException|TransientObjectException|InvalidDataAccessApiUsageException"
            r"|NotActiveException|IllegalComponentStateException)"
        ),
        confidence=0.72,
    ),
    Rule(
        "jvm/unsupported", "unhandled-input",
        "The operation is not supported here: {message}",
        "Use an object that supports it (a mutable copy for an immutable collection), or implement the case.",
        type=(
            r".*(?:UnsupportedOperationException|NotImplementedError|NotImplementedException"
            r"|MethodNotSupportedException"
            r"|HttpRequestMethodNotSupportedException|CloneNotSupportedException)"
        ),
        confidence=0.8,
    ),
    Rule(
        "jvm/illegal-argument", "unhandled-input",
        "An argument is not one that the method handles: {message}",
        "Check the value where it comes in, and handle this case.",
        type=(
            r".*(?:IllegalArgumentException|InvalidParameterException|MethodArgumentNotValidException"
            r"|ConstraintDeclarationException"
            r"|ValidationException|DuplicateFormatFlagsException|EnumConstantNotPresentException"
            r"|InvalidAlgorithmParameterException"
            r"|BadRequest\w*|WebApplicationException|ActivityNotFoundException)"
        ),
        confidence=0.7,
    ),
)  # fmt: skip
