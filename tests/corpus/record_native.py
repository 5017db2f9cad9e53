"""Builds the small programs of go, rust and native, lets them crash, and writes what they print.

Run it where go, rustc, gcc, g++, gdb and valgrind are installed: ``python tests/corpus/record_native.py``.
The programs are built in /srv/shop, so that logs hold no other path.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PLACE = Path("/srv/shop")
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.environ.get("HOME", "/"),
    "LC_ALL": "C.UTF-8",
    "GOFLAGS": "-buildvcs=false",
    "GOCACHE": str(PLACE / ".cache"),
}
MARK = re.compile(r"crash: ([\w-]+)")


def ways(source: Path) -> list[str]:
    return MARK.findall(source.read_text(encoding="utf-8"))


def run(*command: str, **extra: str) -> str:
    done = subprocess.run(
        command,
        cwd=PLACE,
        env=ENVIRONMENT | extra,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=60,
    )
    return done.stdout


def write(runtime: str, name: str, text: str) -> None:
    if not text.strip():
        print("nothing printed:", runtime, name, file=sys.stderr)
        return
    (HERE / runtime / f"{name}.log").write_text(text, encoding="utf-8")


def record_go() -> None:
    source = HERE / "go" / "crash.go"
    shutil.copy(source, PLACE / "crash.go")
    print(run("go", "build", "-o", "shop-go", "crash.go", CGO_ENABLED="0"))  # with cgo a deadlock is not noticed
    print(run("go", "build", "-race", "-o", "shop-race", "crash.go"))
    for way in [*ways(source), "logged"]:
        write("go", way, run("./shop-race" if way == "race" else "./shop-go", way))
    write("go", "system", run("./shop-go", "nil-map", GOTRACEBACK="system"))


def record_rust() -> None:
    source = HERE / "rust" / "crash.rs"
    shutil.copy(source, PLACE / "crash.rs")
    print(run("rustc", "-g", "-A", "warnings", "crash.rs", "-o", "shop-rust"))
    print(run("rustc", "-O", "-C", "strip=debuginfo", "-A", "warnings", "crash.rs", "-o", "shop-rust-o"))
    for way in [*ways(source), "stack-overflow"]:
        write("rust", way, run("./shop-rust", way))
        if way in ("index", "unwrap-none", "thread"):
            write("rust", f"{way}-short", run("./shop-rust", way, RUST_BACKTRACE="1"))
    write("rust", "unwrap-none-full", run("./shop-rust", "unwrap-none", RUST_BACKTRACE="full"))
    write("rust", "unwrap-none-stripped", run("./shop-rust-o", "unwrap-none", RUST_BACKTRACE="1"))


def record_native() -> None:
    c_source, cpp_source = HERE / "native" / "crash.c", HERE / "native" / "crash.cpp"
    for source in (c_source, cpp_source):
        shutil.copy(source, PLACE / source.name)
    sanitize = "-fsanitize=address,undefined"
    print(run("gcc", "-g", "-O0", "-w", sanitize, "crash.c", "-o", "shop-asan", "-pthread"))
    print(run("gcc", "-g", "-O0", "-w", "-fsanitize=thread", "crash.c", "-o", "shop-tsan", "-pthread"))
    print(
        run(
            "gcc",
            "-g",
            "-O0",
            "-w",
            "-fstack-protector-all",
            "-U_FORTIFY_SOURCE",
            "crash.c",
            "-o",
            "shop-c",
            "-pthread",
        )
    )
    print(run("g++", "-g", "-O0", "-w", "-std=c++17", "crash.cpp", "-o", "shop-cpp", "-pthread"))
    plain = (
        "null",
        "heap-overflow",
        "stack-overflow",
        "use-after-free",
        "double-free",
        "leak",
        "recursion",
        "assertion",
    )
    for way in plain:
        write("native", f"asan-{way}", run("./shop-asan", way))
    for way in ("integer-overflow", "divide"):
        write("native", f"ubsan-{way}", run("./shop-asan", way, UBSAN_OPTIONS="print_stacktrace=1"))
    write("native", "tsan-race", run("./shop-tsan", "race"))
    for way in ("null", "divide", "assertion", "smash", "double-free", "recursion"):
        batch = (
            "gdb",
            "-q",
            "-batch",
            "-ex",
            "set debuginfod enabled off",
            "-ex",
            "run",
            "-ex",
            "bt 12",
            "--args",
            "./shop-c",
            way,
        )
        write("native", f"gdb-{way}", run(*batch))
        write("native", f"shell-{way}", run("bash", "-c", f"ulimit -c 0; ./shop-c {way}; true"))
    for way in ("null", "heap-overflow", "use-after-free", "double-free", "uninitialised"):
        write("native", f"valgrind-{way}", run("valgrind", "./shop-c", way))
    write("native", "valgrind-leak", run("valgrind", "--leak-check=full", "./shop-c", "leak"))
    for way in ways(cpp_source):
        write("native", f"cpp-{way}", run("bash", "-c", f"ulimit -c 0; ./shop-cpp {way}; true"))
        batch = (
            "gdb",
            "-q",
            "-batch",
            "-ex",
            "set debuginfod enabled off",
            "-ex",
            "run",
            "-ex",
            "bt",
            "--args",
            "./shop-cpp",
            way,
        )
        write("native", f"gdb-cpp-{way}", run(*batch))


if __name__ == "__main__":
    PLACE.mkdir(parents=True, exist_ok=True)
    for wanted in sys.argv[1:] or ["go", "rust", "native"]:
        globals()[f"record_{wanted}"]()
