"""Fresh harnesses: what stands in them, and that they are written whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from conformance import scaffold as scaffold_module
from conformance.scaffold import ScaffoldError, languages, scaffold, write


@pytest.mark.parametrize("language", list(languages()))
def test_each_op_is_marked_and_the_name_is_the_folders(language: str) -> None:
    made = scaffold(language, Path("some/where/it's mine"))
    code = "".join(text for name, text in made.files.items() if name != "README.md")
    assert code.count("yours: put your own code here") == (4 if language == "shell" else 6)
    assert "it-s-mine" in code
    assert "@yours@" not in code
    assert "@name@" not in code
    assert made.target.startswith("cmd:")
    assert made.install


def test_a_pair_that_no_longer_fits_is_told(tmp_path: Path) -> None:
    (tmp_path / "harness.x").write_text("one two two")
    with pytest.raises(RuntimeError, match=r"harness\.x: 'two' of scaffold\.json stands there 2 times, not once"):
        scaffold_module._edited(tmp_path / "harness.x", [["two", "three"]])


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def full(self: Path, *args: Any, **more: Any) -> Any:
        if self.name == "README.md":
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return opened(self, *args, **more)

    made = scaffold("ruby", tmp_path)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ScaffoldError, match=r"README\.md: cannot be written: No space left on device"):
        write(made, tmp_path)
    assert list(tmp_path.iterdir()) == []
