"""What a log line may hold of an error: where in the code it was, and the hour."""

import logging
import re
import sys

import pytest

from slu_antitrafficking import gunicorn_conf, logs

PATTERN = r"\d{4}-\d\d-\d\d \d\d h \S+ (\[\d+\] )?ERROR .*ValueError .*test_logs\.py:\d+"


@pytest.mark.parametrize("formatter", [logs.BareFormatter(), gunicorn_conf.BareFormatter()])
def test_an_error_is_told_with_the_hour_and_without_its_words(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("typed words")
    except ValueError:
        reason = sys.exc_info()
    record = logging.LogRecord(
        "x", logging.ERROR, __file__, 1, "Error at %s", ("/report/",), reason
    )
    assert re.fullmatch(PATTERN, formatter.format(record))


def test_gunicorn_tells_of_itself_and_of_no_client() -> None:
    def is_told(level: int, message: str) -> bool:
        return gunicorn_conf.is_no_client_s(
            logging.LogRecord("x", level, "x.py", 1, message, (), None)
        )

    assert is_told(logging.INFO, "Booting worker with pid: %s")
    assert is_told(logging.ERROR, "Can't connect to somewhere")
    assert not is_told(logging.WARNING, "Invalid request from ip=127.77.7.7: x")
