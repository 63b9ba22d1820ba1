"""Of a family of cases that take one path through the code, the suite plays some, the audit all."""

from collections.abc import Iterable

import pytest


def played(every: Iterable[object], *kept: object) -> list[pytest.ParameterSet]:
    """The cases of a family for parametrize: those to keep in each run, and the others marked."""
    cases = list(every)
    assert set(kept) <= set(cases), "what is kept is one of the family"
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=[] if case in kept else pytest.mark.audit,
        )
        for case in cases
    ]
