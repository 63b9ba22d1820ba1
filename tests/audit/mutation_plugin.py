"""The pytest plugin behind `./run audit mutants` and `variants`, in the place of a plain run."""

from pathlib import Path

import hypothesis
import pytest

# With a server or a browser of their own: another process, which has no mutant. And what leaves
# behind more than a transaction takes back: how large PostgreSQL thinks that its tables are.
ELSEWHERE = {"site", "_site", "browser", "page", "plain_page", "large_store"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--mutants", default="", help="modules (or module:function) or packages, commas between"
    )
    parser.addoption("--variants", action="store_true", help="of the database functions")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Only the folders whose tests have to kill these mutants."""
    from tests.audit import function_variants
    from tests.audit.mutation import folders_of, wanted

    root = config.rootpath
    folders = {folder for module in wanted(config) for folder in folders_of(module)}
    for folder in function_variants.FOLDERS if config.getoption("--variants") else folders:
        here = root / folder
        if collection_path.is_relative_to(here) or here.is_relative_to(collection_path):
            return None
    return True


def pytest_collection() -> None:
    """Before any test is read: the same examples each time, and none looked for after a failure."""
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile(
        "mutants", deadline=None, derandomize=True, database=None, phases=phases
    )
    hypothesis.settings.load_profile("mutants")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if not ELSEWHERE & set(getattr(item, "fixturenames", ()))]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    from tests.audit import function_variants
    from tests.audit.mutation import Run, wanted

    if session.config.getoption("--variants"):
        complaints = function_variants.judge(session)
        session.config.get_terminal_writer().line("\n".join(complaints))
        session.testsfailed = len(complaints)
        return True
    run = Run(session, wanted(session.config))
    run.reach()
    for module in run.modules:
        run.module(module)
    run.judge()
    session.testsfailed = len(run.complaints)
    return True
