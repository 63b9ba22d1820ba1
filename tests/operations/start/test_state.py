"""What killed commands left, and what is somebody else's."""

from pathlib import Path

import pytest

from slu_antitrafficking.start import state
from slu_antitrafficking.start.state import Lock, abandoned


def made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "lock").touch()
    return folder


def test_only_what_nobody_works_in_is_abandoned(tmp_path: Path) -> None:
    left = made(tmp_path / "demo-left")
    Lock(made(tmp_path / "demo-held")).take_or_refuse("demo")
    (tmp_path / "demo-just-begun").mkdir()
    made(tmp_path / "other")
    assert [*abandoned(tmp_path, "demo-")] == [left]


def test_a_stranger_s_link_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = made(tmp_path / "precious")
    link = tmp_path / "demo-link"
    link.symlink_to(target)
    strangers = target.stat().st_uid + 1
    try:
        state.os.lchown(link, strangers, -1)
    except PermissionError:
        # Nobody but root gives things away: then we are the stranger.
        monkeypatch.setattr(state.os, "geteuid", lambda: strangers)
    assert [*abandoned(tmp_path, "demo-")] == []


def test_what_is_taken_away_meanwhile_is_no_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / "demo-left")
    monkeypatch.setattr(Path, "glob", lambda *_: [tmp_path / "demo-gone", tmp_path / "demo-left"])
    assert [*abandoned(tmp_path, "demo-")] == [tmp_path / "demo-left"]


def test_a_link_among_the_first_start_s_files_is_not_followed(tmp_path: Path) -> None:
    """The desk's user can put one there."""
    target = tmp_path / "target"
    target.touch()
    target.chmod(0o644)
    folder = tmp_path / "var" / "first-start"
    folder.mkdir(parents=True)
    (tmp_path / "var" / "secrets.json").write_text("{}")
    (folder / "planted").symlink_to(target)
    (folder / "nowhere").symlink_to(tmp_path / "gone")
    state.State(tmp_path / "var")
    assert target.stat().st_mode & 0o777 == 0o644
