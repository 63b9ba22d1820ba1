"""Log lines that can hold nothing a person typed, nor when they came."""

import logging
import traceback

# What breaks while a tip is sent is written down at that moment: a minute would date the tip.
# The zone, for the doors have Saint Lucia's and what starts them the machine's.
HOUR = "%Y-%m-%d %H h %Z"


class BareFormatter(logging.Formatter):
    """Hour, level, logger, and an exception's class and line of code; never a message or path."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the record's own message is left out on purpose."""
        what = self.raised(record) or f"{record.filename}:{record.lineno}"
        return f"{self.formatTime(record, HOUR)} {record.levelname} {record.name} {what}"

    def raised(self, record: logging.LogRecord) -> str:
        """The exception's class and line of code; empty where there is none."""
        kind, _, where = record.exc_info or (None, None, None)
        if kind is None:
            return ""
        frames = traceback.extract_tb(where)
        place = f" {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        return f"{kind.__name__}{place}"
