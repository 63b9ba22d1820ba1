"""Log lines that can hold nothing a person typed."""

import logging
import traceback


class BareFormatter(logging.Formatter):
    """Time, level, logger, and an exception's class and line of code; never a message or path."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the record's own message is left out on purpose."""
        line = f"{self.formatTime(record)} {record.levelname} {record.name}"
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            place = f" {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
            return f"{line} {record.exc_info[0].__name__}{place}"
        return f"{line} {record.filename}:{record.lineno}"
