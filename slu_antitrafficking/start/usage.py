"""The commands of ./run; known before anything is installed: the standard library only."""

from slu_antitrafficking.start.console import warn

COMMANDS = {
    "run": "sets everything up and serves site (PORT) and desk (DESK_PORT)",
    "demo": "the same with made-up tips, thrown away at the end",
    "dev": "as run, and every change of code, templates and styles shows at once",
    "manage …": "any management command, as the database's owner",
    "test …": "every test (or pytest's own arguments)",
    "check": "lint, format, types, templates, settings, migrations",
    "audit …": "the full matrices that are too slow for every run",
    "bench …": "the measured figures",
    "backup": "one sealed file of all that is stored, while the site serves",
    "drill": "a backup that is restored on the spot and compared, table by table",
    "push": "carries sealed files to PUSH_TO, where this machine may add and nothing else",
    "restore FILE": "a store again, from such a file and two recovery sheets",
    "restore-drill FILE": "tries such a file and two sheets, and keeps nothing",
    "version": "what runs here",
}
NAMES = frozenset(name.split()[0] for name in COMMANDS)
HELP = ("help", "-h", "--help")


def explain(command: str) -> int:
    """Lists the commands to whoever typed none of them; the exit code, which for HELP is 0."""
    asked = command in HELP
    if not asked:
        warn(f"There is no command {command}.")
    for name, what in COMMANDS.items():
        warn(f"./run {name:<10} {what}")
    return 0 if asked else 2
