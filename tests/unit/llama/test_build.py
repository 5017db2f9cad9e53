"""Which options llama.cpp is built with, and what is said when it cannot be built."""

from pathlib import Path

import pytest

from crashlight.adapters.llama import build
from crashlight.adapters.llama.build import Library, cmake_options, processor_flags
from crashlight.adapters.llama.registry import ModelError

AVX2 = {"avx2", "fma", "f16c", "bmi2"}


@pytest.mark.parametrize(
    ("flags", "machine", "options"),
    [
        (AVX2, "x86_64", "-DGGML_NATIVE=OFF"),
        (
            AVX2 | {"avx512f", "avx512_vbmi", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8"},
            "x86_64",
            "-DGGML_NATIVE=OFF -DGGML_AVX512=ON -DGGML_AVX512_BF16=ON -DGGML_AVX512_VBMI=ON -DGGML_AVX512_VNNI=ON",
        ),
        (
            {"sse4_2"},
            "x86_64",
            "-DGGML_NATIVE=OFF -DGGML_AVX2=OFF -DGGML_FMA=OFF -DGGML_F16C=OFF -DGGML_BMI2=OFF",
        ),
        ({"asimd", "asimddp"}, "aarch64", "-DGGML_NATIVE=OFF -DGGML_CPU_ARM_ARCH=armv8.2-a+dotprod"),
        (set(), "x86_64", "-DGGML_NATIVE=OFF"),
        (set(), "riscv64", "-DGGML_NATIVE=OFF"),
    ],
)
def test_options_follow_the_processor_and_are_never_native(flags: set[str], machine: str, options: str) -> None:
    assert cmake_options(frozenset(flags), machine) == options


def test_flags_are_read_from_the_kernels_list(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 fma\n\nprocessor\t: 1\nflags\t\t: fpu avx2 fma\n")
    assert processor_flags(cpuinfo) == {"fpu", "avx2", "fma"}
    assert processor_flags(tmp_path / "none") == frozenset()


@pytest.mark.parametrize(
    ("version", "system", "right"),
    [
        (build.VERSION, "CPU : AVX2 = 1 | FMA = 1", True),
        (build.VERSION, "CPU : AVX2 = 1 | AMX_INT8 = 1", False),
        ("0.3.1", "CPU : AVX2 = 1", False),
    ],
)
def test_a_native_build_with_amx_or_another_version_is_not_right(version: str, system: str, right: bool) -> None:
    assert Library(version, system).right is right


def test_without_a_compiler_one_line_to_copy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(build, "installed", lambda: None)
    with pytest.raises(ModelError) as caught:
        build.setup(lambda text: None, lambda done, all_: None)
    assert "apt-get install -y g++" in caught.value.cure


def test_what_is_there_and_right_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(build.VERSION, "CPU : AVX2 = 1")
    monkeypatch.setattr(build, "installed", lambda: library)
    said: list[str] = []
    assert build.setup(said.append, lambda done, all_: None) is library
    assert said == []


def test_a_kept_wheel_is_installed_without_building(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    library = Library(build.VERSION, "CPU : AVX2 = 1")
    answers = iter([None, library])
    monkeypatch.setattr(build, "installed", lambda: next(answers))
    monkeypatch.setattr(build, "processor_flags", frozenset)
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(build, "_pip", lambda *words: ran.append(words))
    folder = (
        own_home
        / "cache"
        / "wheels"
        / f"llama-{build.VERSION}-{build.platform.machine()}-{build._short('-DGGML_NATIVE=OFF')}"
    )
    folder.mkdir(parents=True)
    wheel = folder / f"llama_cpp_python-{build.VERSION}-py3-none-linux_x86_64.whl"
    wheel.touch()
    assert build.setup(lambda text: None, lambda done, all_: None) is library
    assert all(str(wheel) in words for words in ran)
