"""`./run check` names a message that has no translation, and a compiled file that is late."""

import pytest

from slu_antitrafficking.start.dev import translations
from tests.operations.start import tree


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the tree for the check to look at."""
    made = tree.copy(tmp_path / "tree", tree.SITE)
    monkeypatch.setattr(translations, "ROOT", made)
    return made


def test_a_message_without_a_translation_and_a_late_compiled_file_are_named(copy, capfd):
    assert translations.main() == 0, capfd.readouterr()
    page = copy / "templates" / "base.html"
    before = page.read_text()
    page.write_text(before + '{% translate "Words that nobody translated" %}')
    assert translations.main() == 1
    told = 'this message is used but not defined: msgid "Words that nobody translated"'
    assert said(capfd).splitlines() == [f"es: {told}", f"fr: {told}"]

    page.write_text(before)
    source = copy / translations.LOCALE / "es" / translations.MESSAGES
    source.write_text(source.read_text().replace('msgstr "Llame', 'msgstr "¡Llame'))
    assert translations.main() == 1
    assert "es: django.mo is older than django.po: run compilemessages" in said(capfd)


def said(capfd):
    """What was said since it was asked last."""
    return "".join(capfd.readouterr())
