"""What an installation does, step by step, as the very lines that a person would type as root.

The steps know the answers by their names in the environment. What `--dry-run` prints, what
docs/operations.md lists to be done by hand and what is run are one text. Each step may be run
again, also after a power cut in its middle.
"""

from typing import NamedTuple


class Step(NamedTuple):
    """Lines for /bin/sh -eu, in the folder of the release; `at_the_console` needs people there."""

    title: str
    lines: str
    at_the_console: bool = False


PACKAGES = Step(
    "Debian's packages",
    """\
export DEBIAN_FRONTEND=noninteractive
dpkg --configure -a
apt-get update
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 \\
  postgresql nginx python3-venv openssl age openssh-client ${ACME_EMAIL:+certbot}""",
)
USERS = Step(
    "Users that cannot log in, and folders that are closed to others",
    """\
install -D -m 644 deploy/sysusers.conf /etc/sysusers.d/know-the-signs.conf
systemd-sysusers know-the-signs.conf
install -D -m 644 deploy/tmpfiles.conf /etc/tmpfiles.d/know-the-signs.conf
systemd-tmpfiles --create know-the-signs.conf""",
)
RELEASE = Step(
    "The release, with its Python packages and static files",
    """\
umask 022
release=/opt/know-the-signs/releases/$VERSION
if [ ! -e $release/.installed ]; then
  mkdir -p $release
  for part in run manage.py README.md CHANGELOG.md requirements*.txt campaign deploy docs \\
    slu_antitrafficking static templates tips wheels collected; do
    [ ! -e $part ] || cp -r $part $release/
  done
  chmod -R u=rwX,go=rX $release
  $release/run version
  if [ ! -e collected ]; then
    mkdir -p $release/collected
    SERVE=public SECRET_KEY=unused DATABASE_URL=postgresql:///unused \\
      $release/.venv/bin/python $release/manage.py collectstatic --noinput --clear -v0 \\
      --ignore=jquery.js --ignore=select2.full.js --ignore=xregexp.js
  fi
  $release/.venv/bin/python -m compileall -q $release
  touch $release/.installed
fi
ln -sfn $release /opt/know-the-signs/$COLOUR
ln -sfn $release /opt/know-the-signs/current""",
)
SETTINGS = Step(
    "Settings, for root alone; each part is told its own",
    """\
umask 077
cd /etc/know-the-signs
keep() { cat > .$1-new; mv .$1-new $1.env; }
secret() { grep -s ^SECRET_KEY= $1.env || echo SECRET_KEY=$(openssl rand -hex 48); }
database() { echo "$1=postgresql://$2@/know_the_signs?host=/var/run/postgresql"; }
mailed() {
  printf '%s\\n' "EMAIL_URL=$1" "ALARM_URL=$2" "DESK_EMAIL=$DESK_EMAIL" "DUTY_EMAIL=$DUTY_EMAIL"
}
printf '%s\\n' "SITE_URL=https://$PUBLIC_HOST" "DESK_URL=https://$DESK_HOST" "EXIT_URL=$EXIT_URL" \\
  VAR=/var/lib/know-the-signs | keep common
{ secret public; database DATABASE_URL know_the_signs_public; } | keep public
{ secret desk; database DATABASE_URL know_the_signs_desk
  mailed "$EMAIL_SERVER" "$ALARM_SERVER"; } | keep desk
{ database DATABASE_URL know_the_signs_mail; mailed "$EMAIL_URL" "$ALARM_URL"; } | keep mail
{ secret owner; database OWNER_DATABASE_URL kts_owner; echo OWN_CLUSTER=1
  echo BACKUP_FOLDER=/var/spool/know-the-signs
  echo BACKUP_RECIPIENT_FILE=/etc/know-the-signs/backup-recipient.txt
  mailed "$EMAIL_SERVER" "$ALARM_SERVER"; } | keep owner""",
)
POSTGRESQL = Step(
    "PostgreSQL: no network, a silent log, and each user in by who it is, without a password",
    """\
: "${PG_ETC:=/etc/postgresql/$(pg_lsclusters -h | awk '$3 == 5432 { print $1 "/" $2 }')}"
install -D -m 644 deploy/postgresql/know-the-signs.conf $PG_ETC/conf.d/
case $PG_ETC in
  */15/* | */16/*) ;;
  *) install -D -m 644 deploy/postgresql/since-17.conf $PG_ETC/conf.d/know-the-signs-17.conf ;;
esac
grep -q '^local know_the_signs-restoring ' $PG_ETC/pg_hba.conf ||
  sed -i '1i local know_the_signs-restoring kts_owner peer map=kts' $PG_ETC/pg_hba.conf
grep -q '^local know_the_signs ' $PG_ETC/pg_hba.conf ||
  sed -i '1i local know_the_signs all peer map=kts' $PG_ETC/pg_hba.conf
for who in 'postgres postgres' 'kts-public know_the_signs_public' 'kts-desk know_the_signs_desk' \\
  'kts-mail know_the_signs_mail' 'kts-owner kts_owner' 'postgres kts_owner'; do
  grep -qxF "kts $who" $PG_ETC/pg_ident.conf || echo "kts $who" >> $PG_ETC/pg_ident.conf
done""",
)
DATABASE = Step(
    "The database and its owner",
    """\
cp -r deploy/systemd/postgresql@.service.d /etc/systemd/system/
systemctl daemon-reload
systemctl reload postgresql
# What listens changes by a restart alone.
runuser -u postgres -- psql -XAtc 'SHOW listen_addresses' | grep -qx '' ||
  systemctl restart postgresql
runuser -u postgres -- psql -Xq -v ON_ERROR_STOP=1 < deploy/postgresql/owner.sql""",
)
PREPARE = Step(
    "Tables, words, rights, the desk's keys, and to whom backups are sealed",
    """\
cd /opt/know-the-signs/current
runuser -u postgres -- .venv/bin/python -m slu_antitrafficking.operations.superuser
./run manage prepare
./run manage backup_recipient > /etc/know-the-signs/.recipient-new
chmod 644 /etc/know-the-signs/.recipient-new
mv /etc/know-the-signs/.recipient-new /etc/know-the-signs/backup-recipient.txt
./run manage check --deploy --fail-level WARNING""",
)
CERTIFICATE = Step(
    "A certificate for both names, from Let's Encrypt where none was given",
    """\
if [ -n "$ACME_EMAIL" ]; then
  certbot certonly --webroot --webroot-path /var/www/html --cert-name know-the-signs \\
    --non-interactive --agree-tos --keep-until-expiring --email "$ACME_EMAIL" \\
    --domain "$PUBLIC_HOST" --domain "$DESK_HOST" --deploy-hook 'systemctl reload nginx'
fi""",
)
UNITS = Step(
    "Services: both doors, mail, and what runs by the clock",
    """\
cd /opt/know-the-signs/current
cp -r deploy/systemd/* /etc/systemd/system/
install -D -m 644 deploy/journald@know-the-signs.conf /etc/systemd/
systemctl daemon-reload
doors="kts-public@$COLOUR kts-desk@$COLOUR"
systemctl enable --now $(printf '%s.socket ' $doors)
systemctl enable $doors kts-mail kts-tidy
systemctl restart $doors kts-mail
systemctl start kts-tidy
systemctl enable --now $(cd deploy/systemd && ls *.timer)""",
)
# nginx's configuration, of the release in a folder and of the answers.
CONFIGURED = """\
configured() {
  sed -e "s|/etc/letsencrypt/live/.*/fullchain.pem|$CERTIFICATE|" \\
    -e "s|/etc/letsencrypt/live/.*/privkey.pem|$KEY|" \\
    -e "s|www.example.org|$PUBLIC_HOST|g" -e "s|desk.example.org|$DESK_HOST|g" \\
    "$1/deploy/nginx/nginx.conf"
}
"""
NGINX = Step(
    "nginx before the doors, with TLS on both names",
    f"""\
{CONFIGURED}cd /opt/know-the-signs/current
mkdir -p /etc/nginx/know-the-signs
cp -r deploy/nginx/errors /etc/nginx/know-the-signs/
sed "s/-blue/-$COLOUR/" deploy/nginx/upstreams.conf > /etc/nginx/know-the-signs/upstreams.conf
configured . > /etc/nginx/nginx.conf.new
nginx -t -c /etc/nginx/nginx.conf.new
cmp -s /etc/nginx/nginx.conf /etc/nginx/nginx.conf.new ||
  cp -p /etc/nginx/nginx.conf /etc/nginx/nginx.conf.replaced
mv /etc/nginx/nginx.conf.new /etc/nginx/nginx.conf
systemctl enable nginx
# The memory for bodies comes with a start alone.
if grep -qs ' /run/nginx-bodies ' /proc/$(systemctl show --property=MainPID --value nginx)/mounts
then systemctl reload nginx
else systemctl restart nginx
fi""",
)
FIRST_SUPERVISOR = Step(
    "The first supervisor's words and three recovery sheets, shown to two people",
    """\
first=/var/lib/know-the-signs/first-start/first-supervisor.txt
if [ -e $first ]; then
  runuser -u kts-owner -- cat $first
  echo "Copy each recovery line to a sheet of its own, for three people, or print"
  echo "${first%/*}/recovery-sheets.html. Say the five words to the supervisor: they open"
  echo "https://$DESK_HOST/desk/ for 72 hours. Then type any two sheets back from the paper."
  until /opt/know-the-signs/current/run manage confirm_sheets; do echo "Once more."; done
fi""",
    at_the_console=True,
)
STEPS = (
    PACKAGES,
    USERS,
    RELEASE,
    SETTINGS,
    POSTGRESQL,
    DATABASE,
    PREPARE,
    CERTIFICATE,
    UNITS,
    NGINX,
    FIRST_SUPERVISOR,
)


def by_hand() -> str:
    """All steps as one text, each with its title before it."""
    return "\n\n".join(f"# {n}. {step.title}\n{step.lines}" for n, step in enumerate(STEPS, 1))
