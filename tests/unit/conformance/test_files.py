"""A file is written whole or not at all, and swapped only by who knows what it holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.files import ChangedError, read_if_there, swap, write_whole


def test_a_new_file_and_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for data in (b"one", b"two" * 100_000):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]
    assert path.stat().st_mode & 0o044  # as the umask has it, not a temporary file's 0600


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_device_is_written_to_directly() -> None:
    write_whole(Path("/dev/null"), b"x")
    with pytest.raises(OSError, match="No space left"):
        write_whole(Path("/dev/full"), b"x")
    assert Path("/dev/null").is_char_device()


def test_a_swap_needs_what_was_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    swap(file, None, b"one")
    swap(file, b"one", b"two")
    for before in (None, b"one", b""):
        with pytest.raises(ChangedError):
            swap(file, before, b"three")
    assert file.read_bytes() == b"two"
    file.unlink()
    with pytest.raises(ChangedError):
        swap(file, b"two", b"three")
    assert list(tmp_path.iterdir()) == []


def test_of_many_swaps_with_the_same_knowledge_one_wins(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"before")
    script = (
        "import sys; from pathlib import Path; from conformance.files import swap, ChangedError\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "try: swap(Path(sys.argv[1]), b'before', sys.argv[2].encode()); print('won')\n"
        "except ChangedError: print('told')\n"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(file), f"of {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(6)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    said = [racer.communicate("go\n", timeout=30)[0].strip() for racer in racers]
    assert sorted(said) == ["told"] * 5 + ["won"]
    assert file.read_text() == f"of {said.index('won')}"


def test_a_device_counts_as_no_file_and_a_folder_is_an_error(tmp_path: Path) -> None:
    assert read_if_there(Path("/dev/null")) is None
    assert read_if_there(tmp_path / "none") is None
    with pytest.raises(IsADirectoryError):
        read_if_there(tmp_path)
