"""python -m slu_antitrafficking.start COMMAND, which is what ./run calls."""

import platform
import sys
from importlib import import_module
from typing import Any

from slu_antitrafficking.operations import units
from slu_antitrafficking.operations import version as releases
from slu_antitrafficking.start import manage, options, serve, usage
from slu_antitrafficking.start.console import Problem, say, sentence_of, warn
from slu_antitrafficking.start.dev import suite
from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.processes import Stopped


def main(command: str, arguments: list[str]) -> int:
    """Runs one command and returns its exit code.

    Raises Problem when it cannot do what it was asked.
    """
    match command:
        case "run":
            serve.run(options.from_environment())
        case "demo":
            serve.demo(options.from_environment())
        case "dev":
            serve.dev(options.from_environment())
        case "manage":
            return manage.run(options.from_environment(), arguments)
        case "doctor":
            return int(_operation(command).run(options.from_environment()))
        case "release" | "upgrade":
            return int(_operation(command).main(arguments))
        case "backup" | "drill" | "push" if units.root_on_a_server():
            units.start(f"kts-{command}")
        case "backup" | "drill" | "push" | "restore" | "restore-drill":
            _operation(command).run(options.from_environment(), arguments)
        case "version":
            version()
        case "test":
            return suite.test(arguments)
        case "audit":
            return suite.audit(arguments)
        case "bench":
            return suite.bench(arguments)
        case "check":
            return suite.check()
        case _:
            return usage.explain(command)
    return 0


def _operation(command: str) -> Any:
    """Its module, loaded when it is asked for: these bring large libraries, and the starter, which
    stays for as long as the site runs, needs none of them."""
    return import_module(f"slu_antitrafficking.operations.{command.replace('-', '_')}")


def version() -> None:
    """Prints the releases of the site, of Python and of Django."""
    from importlib.metadata import version as release_of

    say(f"Know the Signs {releases.of(ROOT).number}")
    say(f"Python {platform.python_version()}, Django {release_of('Django')}")


if __name__ == "__main__":
    try:
        code = main(sys.argv[1] if len(sys.argv) > 1 else "run", sys.argv[2:])
    except Problem as problem:
        warn(str(problem))
        code = 1
    except OSError as error:
        warn(sentence_of(error))
        code = 1
    except (KeyboardInterrupt, Stopped):
        code = 130
    sys.exit(code)
