"""References as people type them: KD-4821, kd4821, “#KD–4821.”"""

import re
import unicodedata


def parse(typed: str) -> str:
    """The reference that was typed, like KD-4821; empty where it is none.

    Marks around it, any dash or space within and what cannot be seen do not matter.
    """
    seen = unicodedata.normalize("NFKC", typed[:100]).upper()
    letters = "".join(filter(str.isalnum, seen))
    if re.fullmatch(r"[A-Z]{2}[0-9]{4}", letters) is None:
        return ""
    return f"{letters[:2]}-{letters[2:]}"
