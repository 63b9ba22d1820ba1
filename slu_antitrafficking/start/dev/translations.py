"""python -m slu_antitrafficking.start.dev.translations: whether the translations keep up.

Fails when a message of the code or the templates has no translation, when one is marked fuzzy, and
when a compiled file says something else than its source.
"""

import gettext
import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from slu_antitrafficking.start.console import say
from slu_antitrafficking.start.options import ROOT

LOCALE = Path("slu_antitrafficking/locale")
SOURCES = ("campaign", "tips", "slu_antitrafficking", "templates")
MESSAGES = Path("LC_MESSAGES/django.po")
# msgcmp names the file, the line, and what is wrong with the message there.
SAID = re.compile(r"^(/.+\.po):(\d+): (.+?)(?: in /.*)?$", re.MULTILINE)


def main() -> int:
    """0 when everything is translated; else names what is not."""
    languages = sorted(path.name for path in (ROOT / LOCALE).iterdir())
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "manage.py", copy)
        _call([sys.executable, "manage.py", "makemessages", "-v0", "--no-obsolete", "--all"], copy)
        late = [problem for one in languages for problem in _problems(one, copy)]
    for problem in late:
        say(problem)
    return 1 if late else 0


def _problems(language: str, copy: Path) -> list[str]:
    ours = ROOT / LOCALE / language / MESSAGES
    result = _call(["msgcmp", str(ours), str(copy / LOCALE / language / MESSAGES)], copy)
    lines = [f"{language}: {what}: {_message(file, at)}" for file, at, what in SAID.findall(result)]
    compiled = subprocess.run(["msgfmt", "-o", "-", ours], capture_output=True, check=False).stdout
    before = ours.with_suffix(".mo").read_bytes() if ours.with_suffix(".mo").exists() else b""
    if _catalog(compiled) != _catalog(before):
        lines.append(f"{language}: django.mo is older than django.po: run compilemessages")
    return lines


def _message(file: str, number: str) -> str:
    """The message whose translation begins in this line: msgid "…"."""
    before = Path(file).read_text().splitlines()[: int(number) - 1]
    last = next(n for n in reversed(range(len(before))) if before[n].startswith("msgid "))
    return " ".join(before[last:])


def _catalog(compiled: bytes) -> dict[object, str]:
    if not compiled:
        return {}
    read = gettext.GNUTranslations(io.BytesIO(compiled))
    catalog: dict[object, str] = dict(read._catalog)  # type: ignore[attr-defined]
    catalog.pop("", None)  # the header holds the day
    return catalog


def _call(command: list[str], where: Path) -> str:
    result = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr


if __name__ == "__main__":
    sys.exit(main())
