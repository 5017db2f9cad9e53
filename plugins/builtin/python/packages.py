"""Names of the Python world: standard modules, and distributions that are named otherwise than their module."""

# Modules of the standard library that programs forget to import, and that are never installed.
_STANDARD = """
    abc argparse array ast asyncio atexit base64 bisect builtins bz2 calendar cmath codecs collections colorsys
    concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime decimal
    difflib dis email enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc getopt
    getpass gettext glob graphlib grp gzip hashlib heapq hmac html http imaplib importlib inspect io ipaddress
    itertools json keyword linecache locale logging lzma mailbox math mimetypes mmap multiprocessing netrc ntpath
    numbers operator os pathlib pdb pickle pkgutil platform plistlib poplib posixpath pprint profile pstats pty pwd
    queue quopri random re readline resource runpy sched secrets select selectors shelve shlex shutil signal site
    smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct subprocess symtable sys
    sysconfig syslog tarfile tempfile termios textwrap threading time timeit tkinter token tokenize tomllib trace
    traceback tracemalloc tty turtle types typing unicodedata unittest urllib uuid venv warnings wave weakref
    webbrowser winreg wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
"""
STANDARD: frozenset[str] = frozenset(_STANDARD.split())

# Names that are imported from a standard module: what an undefined name probably lacks.
HOMES: dict[str, str] = {
    "Path": "pathlib", "PurePath": "pathlib", "defaultdict": "collections", "Counter": "collections",
    "OrderedDict": "collections", "deque": "collections", "namedtuple": "collections", "ChainMap": "collections",
    "dataclass": "dataclasses", "field": "dataclasses", "asdict": "dataclasses", "replace": "dataclasses",
    "Enum": "enum", "IntEnum": "enum", "auto": "enum", "partial": "functools", "reduce": "functools",
    "lru_cache": "functools", "wraps": "functools", "cached_property": "functools", "chain": "itertools",
    "islice": "itertools", "product": "itertools", "permutations": "itertools", "combinations": "itertools",
    "groupby": "itertools", "zip_longest": "itertools", "accumulate": "itertools", "timedelta": "datetime",
    "timezone": "datetime", "Decimal": "decimal", "Fraction": "fractions", "Optional": "typing", "Any": "typing",
    "Union": "typing", "List": "typing", "Dict": "typing", "Tuple": "typing", "Callable": "typing",
    "Iterable": "typing", "Iterator": "typing", "Sequence": "typing", "Literal": "typing", "NamedTuple": "typing",
    "TypedDict": "typing", "Protocol": "typing", "TypeVar": "typing", "Generic": "typing", "cast": "typing",
    "ABC": "abc", "abstractmethod": "abc", "contextmanager": "contextlib", "suppress": "contextlib",
    "ExitStack": "contextlib", "StringIO": "io", "BytesIO": "io", "sleep": "time", "sqrt": "math", "ceil": "math",
    "floor": "math", "log": "math", "pi": "math", "deepcopy": "copy", "randint": "random", "choice": "random",
    "shuffle": "random", "Thread": "threading", "Lock": "threading", "ThreadPoolExecutor": "concurrent.futures",
    "ProcessPoolExecutor": "concurrent.futures", "urlparse": "urllib.parse", "urlencode": "urllib.parse",
    "urlopen": "urllib.request", "TestCase": "unittest", "itemgetter": "operator", "attrgetter": "operator",
    "heappush": "heapq", "heappop": "heapq", "pprint": "pprint", "dedent": "textwrap", "uuid4": "uuid",
    "NamedTemporaryFile": "tempfile", "TemporaryDirectory": "tempfile", "ZoneInfo": "zoneinfo", "mean": "statistics",
}  # fmt: skip

# Distributions whose name on the package index is not that of the module.
DISTRIBUTIONS: dict[str, str] = {
    "yaml": "PyYAML", "PIL": "Pillow", "cv2": "opencv-python", "sklearn": "scikit-learn", "skimage": "scikit-image",
    "bs4": "beautifulsoup4", "dotenv": "python-dotenv", "dateutil": "python-dateutil", "jwt": "PyJWT",
    "serial": "pyserial", "usb": "pyusb", "Crypto": "pycryptodome", "OpenSSL": "pyOpenSSL", "MySQLdb": "mysqlclient",
    "psycopg2": "psycopg2-binary", "attr": "attrs", "google.protobuf": "protobuf", "grpc": "grpcio", "git": "GitPython",
    "github": "PyGithub", "docx": "python-docx", "pptx": "python-pptx", "fitz": "PyMuPDF", "magic": "python-magic",
    "zmq": "pyzmq", "win32api": "pywin32", "win32con": "pywin32", "wx": "wxPython", "gi": "PyGObject",
    "Xlib": "python-xlib", "ldap": "python-ldap", "jose": "python-jose", "multipart": "python-multipart",
    "slugify": "python-slugify", "telegram": "python-telegram-bot", "discord": "discord.py", "socks": "PySocks",
    "markdown": "Markdown", "jinja2": "Jinja2", "flask": "Flask", "django": "Django", "sqlalchemy": "SQLAlchemy",
    "flask_sqlalchemy": "Flask-SQLAlchemy", "flask_cors": "Flask-Cors", "rest_framework": "djangorestframework",
    "corsheaders": "django-cors-headers", "environ": "django-environ", "decouple": "python-decouple",
    "pkg_resources": "setuptools", "distutils": "setuptools", "mpl_toolkits": "matplotlib", "osgeo": "GDAL",
    "nacl": "PyNaCl", "pymysql": "PyMySQL", "snappy": "python-snappy", "Levenshtein": "python-Levenshtein",
    "tomli_w": "tomli-w", "ruamel": "ruamel.yaml", "engineio": "python-engineio", "socketio": "python-socketio",
    "barcode": "python-barcode", "nmap": "python-nmap", "consul": "python-consul", "memcache": "python-memcached",
}  # fmt: skip
