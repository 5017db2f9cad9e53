"""Runs the small programs of the interpreted runtimes and of the JVM, lets them crash, and writes what they print.

Run it where python3, node, a JDK, ruby, php, perl, bash, lua and elixir are installed:
``python tests/corpus/record_scripts.py [RUNTIME …]``. The programs run in /srv/desk, so that logs hold no other path.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PLACE = Path("/srv/desk")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/srv/desk", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
MARK = re.compile(r"crash: ([\w-]+)")
PYTHON = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", "check_basket.py"]


def ways(source: Path, *more: str) -> list[str]:
    found = dict.fromkeys(MARK.findall(source.read_text(encoding="utf-8")))
    return [*found, *more]


def run(*command: str, **extra: str) -> str:
    done = subprocess.run(
        command,
        cwd=PLACE,
        env=ENVIRONMENT | extra,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=120,
    )
    return done.stdout


def write(runtime: str, name: str, text: str) -> None:
    if not text.strip():
        print("nothing printed:", runtime, name, file=sys.stderr)
        return
    (HERE / runtime / f"{name}.log").write_text(text, encoding="utf-8")


def record_python() -> None:
    for name in ("crash.py", "check_basket.py"):
        shutil.copy(HERE / "python" / name, PLACE)
    shutil.copy(HERE / "python" / "broken_of_the_shop.py.txt", PLACE / "broken_of_the_shop.py")
    more = ("chained", "while-handling", "group", "thread", "remote", "never-retrieved", "syntax")
    for way in ways(HERE / "python" / "crash.py", *more):
        write("python", way, run(sys.executable, "crash.py", way))
    write("python", "bare-syntax", run(sys.executable, "broken_of_the_shop.py"))
    for style in ("long", "short", "native"):
        write("python", f"pytest-{style}", run(sys.executable, *PYTHON, f"--tb={style}"))


def record_node() -> None:
    shutil.copy(HERE / "node" / "crash.js", PLACE)
    shutil.copy(HERE / "node" / "broken.js.txt", PLACE / "broken.js")
    shutil.copy(HERE / "node" / "imports.mjs.txt", PLACE / "imports.mjs")
    for way in ways(HERE / "node" / "crash.js", "caused", "rejected", "refused"):
        write("node", way, run("node", "crash.js", way))
    write("node", "memory", run("node", "--max-old-space-size=16", "crash.js", "memory"))
    write("node", "syntax", run("node", "broken.js"))
    write("node", "missing-import", run("node", "imports.mjs"))


def record_jvm() -> None:
    shutil.copy(HERE / "jvm" / "Crash.java", PLACE)
    print(run("javac", "-d", ".", "Crash.java"), end="")
    for way in ways(HERE / "jvm" / "Crash.java", "caused", "suppressed", "thread"):
        if way != "deadlock":
            write("jvm", way, run("java", "-ea", "-Xmx64m", "-Xss512k", "shop.Crash", way))
    process = subprocess.Popen(
        ["java", "shop.Crash", "deadlock"], cwd=PLACE, env=ENVIRONMENT, stdout=subprocess.PIPE, encoding="utf-8"
    )
    time.sleep(3)
    process.send_signal(signal.SIGQUIT)
    time.sleep(1)
    process.kill()
    write("jvm", "deadlock", process.communicate()[0])


def record_simple(runtime: str, source: str, *command: str, more: tuple[str, ...] = ()) -> None:
    shutil.copy(HERE / runtime / source, PLACE)
    for way in ways(HERE / runtime / source, *more):
        write(runtime, way, run(*command, source, way))


RECORDERS = {
    "python": record_python,
    "node": record_node,
    "jvm": record_jvm,
    "ruby": lambda: record_simple("ruby", "crash.rb", "ruby", more=("caused", "logged")),
    "php": lambda: record_simple("php", "crash.php", "php", more=("caused", "logged")),
    "perl": lambda: record_simple("perl", "crash.pl", "perl"),
    "shell": lambda: record_simple("shell", "crash.sh", "bash"),
    "lua": lambda: record_simple("lua", "crash.lua", "lua5.4"),
    "elixir": lambda: record_simple("elixir", "crash.exs", "elixir", more=("task",)),
}

if __name__ == "__main__":
    PLACE.mkdir(parents=True, exist_ok=True)
    for runtime in sys.argv[1:] or RECORDERS:
        RECORDERS[runtime]()
