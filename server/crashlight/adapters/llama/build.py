"""Build llama-cpp-python into the running environment, with options that fit this machine.

There are no wheels of it for any platform. A build with GGML_NATIVE, the default, takes whatever the
compiler finds; on processors with AMX that one crashes in ``ggml_backend_amx_mul_mat`` (gcc optimises the
tile configuration away). So GGML_NATIVE is always off, and what is known to work is switched on by name.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from crashlight.adapters.llama.registry import ModelError
from crashlight.settings.paths import home

VERSION = "0.3.36"
SOURCE_SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"

_OPTION_BY_FLAG = {
    "avx2": "GGML_AVX2",
    "fma": "GGML_FMA",
    "f16c": "GGML_F16C",
    "bmi2": "GGML_BMI2",
    "avx_vnni": "GGML_AVX_VNNI",
    "avx512f": "GGML_AVX512",
    "avx512_vbmi": "GGML_AVX512_VBMI",
    "avx512vbmi": "GGML_AVX512_VBMI",
    "avx512_vnni": "GGML_AVX512_VNNI",
    "avx512_bf16": "GGML_AVX512_BF16",
}
# What ggml takes for granted on x86-64 unless it is told otherwise.
_ON_BY_DEFAULT = ("GGML_AVX2", "GGML_FMA", "GGML_F16C", "GGML_BMI2")
_NINJA = re.compile(r"\[(\d++)/(\d++)\]")
_PROBE = (
    "import json, llama_cpp; print(json.dumps({'version': llama_cpp.__version__,"
    " 'system': llama_cpp.llama_print_system_info().decode()}))"
)
_INSTALL_COMPILER = {
    "apt-get": "apt-get install -y g++",
    "dnf": "dnf install -y gcc-c++",
    "pacman": "pacman -S --noconfirm gcc",
    "apk": "apk add g++",
    "zypper": "zypper install -y gcc-c++",
}

OnBytes = Callable[[int, int], None]


class Library(msgspec.Struct, frozen=True):
    """What importing llama_cpp gives: its version, and what it says of the processor's features that it uses."""

    version: str
    system: str

    @property
    def right(self) -> bool:
        """False for another version, and for a native build on a processor with AMX."""
        return self.version == VERSION and "AMX_INT8 = 1" not in self.system


def installed() -> Library | None:
    """Looks in a process of its own, since a wrong build can die at import."""
    probe = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, check=False, timeout=60)
    try:
        return msgspec.json.decode(probe.stdout.strip() or b"null", type=Library | None)
    except msgspec.DecodeError:
        return None


def setup(say: Callable[[str], None], on_steps: OnBytes, *, again: bool = False) -> Library:
    """Make ``import llama_cpp`` work and be right. Raises ModelError with what to do."""
    found = installed()
    if found and found.right and not again:
        return found
    options = cmake_options(processor_flags())
    wheels = home("cache") / "wheels" / f"llama-{VERSION}-{platform.machine()}-{_short(options)}"
    wheel = next(wheels.glob("llama_cpp_python-*.whl"), None)
    if wheel is None or again:
        _need_compiler()
        say(f"Building llama-cpp-python {VERSION}, which takes some minutes. Options: {options}")
        wheel = _build(options, wheels, on_steps)
    say("Installing it.")
    _pip("install", "--force-reinstall", "--no-deps", str(wheel))
    _pip("install", str(wheel))
    found = installed()
    if found is None or not found.right:
        raise ModelError(
            "llama-cpp-python was built, but does not run here",
            "Run: crashlight models setup --again, and report what it prints.",
        )
    return found


def processor_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """The features that the kernel lists; empty where there is no such list."""
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    found = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return frozenset(found[1].split()) if found else frozenset()


def cmake_options(flags: frozenset[str], machine: str = platform.machine()) -> str:
    """CMAKE_ARGS for a processor with these flags."""
    options = ["-DGGML_NATIVE=OFF"]
    if machine in {"x86_64", "AMD64"} and flags:
        on = {option for flag, option in _OPTION_BY_FLAG.items() if flag in flags}
        options += [f"-D{option}=OFF" for option in _ON_BY_DEFAULT if option not in on]
        options += [f"-D{option}=ON" for option in sorted(on - set(_ON_BY_DEFAULT))]
    elif machine in {"aarch64", "arm64"} and "asimddp" in flags:
        options.append("-DGGML_CPU_ARM_ARCH=armv8.2-a+dotprod")
    return " ".join(options)


def _build(options: str, wheels: Path, on_steps: OnBytes) -> Path:
    """The new wheel, kept for the next environment. Raises ModelError with the end of the compiler's words."""
    wheels.mkdir(parents=True, exist_ok=True)
    requirement = wheels / "requirements.txt"
    requirement.write_text(f"llama-cpp-python=={VERSION} --hash=sha256:{SOURCE_SHA256}\n", encoding="utf-8")
    log = wheels / "build.log"
    # pip's cache may hold a wheel that was built with other options, such as those that crash on AMX.
    argv = ["wheel", "--verbose", "--no-cache-dir", "--no-deps", "--no-binary=llama-cpp-python", "--require-hashes"]
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [sys.executable, "-m", "pip", *argv, "--wheel-dir", str(wheels), "--requirement", str(requirement)],
            env={**os.environ, "CMAKE_ARGS": options, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            if step := _NINJA.search(line):
                on_steps(int(step[1]), int(step[2]))
    wheel = next(wheels.glob("llama_cpp_python-*.whl"), None)
    if process.returncode or wheel is None:
        raise ModelError(f"llama-cpp-python could not be built; the whole output is in {log}", "Read its last lines.")
    return wheel


def _pip(*words: str) -> None:
    argv = [sys.executable, "-m", "pip", *words, "--quiet", "--no-input", "--disable-pip-version-check"]
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise ModelError(f"pip could not install llama-cpp-python: {done.stderr.strip()[-500:]}")


def _need_compiler() -> None:
    if any(shutil.which(name) for name in (os.environ.get("CXX", "c++"), "c++", "g++", "clang++")):
        return
    if sys.platform == "darwin":
        line = "xcode-select --install"
    else:
        line = next((line for tool, line in _INSTALL_COMPILER.items() if shutil.which(tool)), "install a C++ compiler")
        root = not hasattr(os, "geteuid") or os.geteuid() == 0
        line = line if root else f"sudo {line}"
    raise ModelError("there is no C++ compiler, which building llama-cpp-python needs", f"Run: {line}")


def _short(options: str) -> str:

    return hashlib.sha256(options.encode()).hexdigest()[:8]
