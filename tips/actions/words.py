"""Words that an officer typed, before they are sealed."""

from slu_antitrafficking.refusal import Refused

LONGEST_TEXT = 20_000


def checked(text: str, missing: str) -> str:
    """The text, cleaned. Raises Refused for a too long one, and with `missing` for an empty one."""
    text = cleaned(text)
    if not text:
        raise Refused(missing)
    return text


def cleaned(text: str) -> str:
    """The text without NULs and outer space. Raises Refused for a too long one."""
    text = text.replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        raise Refused(f"That is {len(text):,} characters; {LONGEST_TEXT:,} fit. Send it in parts.")
    return text
