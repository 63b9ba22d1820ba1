"""The commands of ./run; known before anything is installed: the standard library only."""

from collections.abc import Sequence

from slu_antitrafficking.start.console import warn

COMMANDS = {
    "run": "sets everything up and serves site (PORT) and desk (DESK_PORT)",
    "demo": "the same with made-up tips, thrown away at the end",
    "dev": "as run, and every change of code, templates and styles shows at once",
    "manage …": "any management command, as the database's owner",
    "test …": "every test but tests/operations and the audit (or pytest's own arguments)",
    "check": "lint, format, types, templates, settings, migrations",
    "audit …": "the full matrices that are too slow for every run",
    "bench …": "the measured figures",
    "doctor": "whether all is well, on one screen: exit 0, 1 amber, 2 red",
    "release …": "makes or verifies the signed file that a server is installed from",
    "upgrade FILE": "the next release beside the one that serves, tried, swapped in and watched",
    "install …": "sets a server up from this release, as root; --dry-run shows how",
    "backup": "one sealed file of all that is stored, while the site serves",
    "drill": "a backup that is restored on the spot and compared, table by table",
    "push": "carries sealed files to PUSH_TO, where this machine may add and nothing else",
    "restore FILE": "a store again, from such a file and two recovery sheets",
    "restore-drill FILE": "tries such a file and two sheets, and keeps nothing",
    "version": "what runs here",
}
NAMES = frozenset(name.split()[0] for name in COMMANDS)
HELP = ("help", "-h", "--help")
WITH_HELP_OF_THEIR_OWN = {"manage", "test", "install", "release", "restore", "upgrade"}


def explain_instead(command: str, arguments: Sequence[str]) -> int | None:
    """The exit code where a command was asked what it does, or was given what it does not take.

    None where it is to be run. A command with "…" takes arguments.
    """
    name = next(name for name in COMMANDS if name.split()[0] == command)
    if arguments and arguments[0] in HELP and command not in WITH_HELP_OF_THEIR_OWN:
        warn(f"./run {name:<10} {COMMANDS[name]}")
        return 0
    if arguments and name == command:
        warn(f"./run {command} takes no arguments; nothing was started.")
        return 2
    return None


def explain(command: str) -> int:
    """Lists the commands to whoever typed none of them; the exit code, which for HELP is 0."""
    asked = command in HELP
    if not asked:
        warn(f"There is no command {command}.")
    for name, what in COMMANDS.items():
        warn(f"./run {name:<10} {what}")
    return 0 if asked else 2
