"""What tests ask of recovery sheets, whose words are drawn anew in every run."""

from tips.crypto import recovery_sheets, sealing


def another_set(sheet: str) -> tuple[str, str, str]:
    """The sheets of another secret, which say so in their first two words.

    One set in 32,768 has the same number, and is known by its sums alone.
    """
    while True:
        others = recovery_sheets.split(sealing.new_secret())
        if others[0].split()[:2] != sheet.split()[:2]:
            return others


def is_shown(sheet: str, screen: str) -> bool:
    """Whether a screen gives a sheet away; our own sentences have a few of its words."""
    return len(set(sheet.split()) & set(screen.lower().split())) > 5
