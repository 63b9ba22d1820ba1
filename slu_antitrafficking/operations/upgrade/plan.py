"""What an upgrade does, step by step, as the very lines that a person would type as root.

NEW and OLD are the folders of the two releases, COLOUR and OLD_COLOUR their doors' instances. What
`--check` prints and what is run are one text. Each step may be run again.
"""

from typing import NamedTuple


class Step(NamedTuple):
    """Lines for /bin/sh -eu; `back` undoes them, should a later step or they themselves fail."""

    title: str
    lines: str
    back: str = ""


BACKUP = Step("A sealed backup", "systemctl start kts-backup.service")
PACKAGES = Step(
    "The new release's Python packages",
    """\
$NEW/run version
$NEW/.venv/bin/python -m compileall -q $NEW
touch $NEW/.installed""",
)
CHECK = Step("The new release's own checks", "$NEW/run manage check --deploy --fail-level WARNING")
MIGRATE = Step("Tables, while the old release serves", "$NEW/run manage expand")
PREPARE = Step("Words and rights", "$NEW/run manage prepare")
SETTLE = Step(
    "Users, folders, and what PostgreSQL and nginx are told",
    "$NEW/run upgrade --settle $OLD",
    """\
$OLD/run upgrade --settle $NEW
systemctl reload nginx""",
)
ROLES = Step(
    "Roles, by PostgreSQL's superuser",
    """\
cd $NEW
runuser -u postgres -- .venv/bin/python -m slu_antitrafficking.operations.superuser""",
)
START = Step(
    "The new doors, beside the old ones",
    """\
ln -sfn $NEW /opt/know-the-signs/$COLOUR
cp -r $NEW/deploy/systemd/* /etc/systemd/system/
systemctl daemon-reload
doors="kts-public@$COLOUR kts-desk@$COLOUR"
systemctl stop $doors
systemctl start $(printf '%s.socket ' $doors)
systemctl start $doors""",
    """\
doors="kts-public@$COLOUR kts-desk@$COLOUR"
# Where nginx could not be turned back to the old ones, these serve.
grep -q -- "-$COLOUR[.]sock" /etc/nginx/know-the-signs/upstreams.conf ||
  systemctl stop $(printf '%s.socket ' $doors) $doors
cp -r $OLD/deploy/systemd/* /etc/systemd/system/
systemctl daemon-reload""",
)
TRIAL = Step(
    "They answer, and a trial tip is taken",
    """\
$NEW/run upgrade --watch-doors $COLOUR 1
$NEW/run manage canary""",
)
# Enabled before nginx turns, for the power may go at any moment: until the last step a boot starts
# both colours.
SWAP = Step(
    "nginx passes visitors to the new doors",
    """\
new="kts-public@$COLOUR kts-desk@$COLOUR"
systemctl enable $new $(printf '%s.socket ' $new)
cd /etc/nginx/know-the-signs
sed "s/-$OLD_COLOUR[.]sock/-$COLOUR.sock/" upstreams.conf > .upstreams-new
mv .upstreams-new upstreams.conf
nginx -t
systemctl reload nginx
ln -sfn $NEW /opt/know-the-signs/current
systemctl restart kts-mail""",
    # Where the last step failed, or was cut off, the old doors may be stopped.
    """\
new="kts-public@$COLOUR kts-desk@$COLOUR"
old="kts-public@$OLD_COLOUR kts-desk@$OLD_COLOUR"
systemctl start $(printf '%s.socket ' $old)
systemctl start $old
cd /etc/nginx/know-the-signs
sed "s/-$COLOUR[.]sock/-$OLD_COLOUR.sock/" upstreams.conf > .upstreams-new
mv .upstreams-new upstreams.conf
systemctl reload nginx
ln -sfn $OLD /opt/know-the-signs/current
systemctl restart kts-mail
systemctl enable $old $(printf '%s.socket ' $old)
systemctl disable $new $(printf '%s.socket ' $new)""",
)
WATCH = Step("Watched for $SECONDS seconds", "$NEW/run upgrade --watch-doors $COLOUR $SECONDS")
OLD_STOPS = Step(
    "The new release's own timers start, and the old doors stop",
    """\
cd $NEW/deploy/systemd
for timer in *.timer; do
  [ -e $OLD/deploy/systemd/$timer ] || systemctl enable --now $timer
done
old="kts-public@$OLD_COLOUR kts-desk@$OLD_COLOUR"
systemctl disable $old $(printf '%s.socket ' $old)
systemctl stop $old
systemctl stop $(printf '%s.socket ' $old)""",
)
BEFORE_SWAP = (BACKUP, PACKAGES, CHECK, SETTLE, ROLES, MIGRATE, PREPARE, START, TRIAL)
# What is left to do where the new release serves already: an upgrade was cut off.
FROM_SWAP = (SWAP, WATCH, OLD_STOPS)


def by_hand() -> str:
    """All steps as one text, each with its title before it."""
    steps = enumerate((*BEFORE_SWAP, *FROM_SWAP), 1)
    return "\n\n".join(f"# {n}. {step.title}\n{step.lines}" for n, step in steps)
