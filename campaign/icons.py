"""The line icons, read once from icons.svg."""

import re
from pathlib import Path

SYMBOLS: dict[str, str] = {
    match[1]: match[0]
    for match in re.finditer(
        r'<symbol id="i-([a-z]+)".*?</symbol>', (Path(__file__).parent / "icons.svg").read_text()
    )
}
