#!/bin/bash
# What the official image of PostgreSQL documents, as far as docker-compose.yml relies on it: as root it makes the data
# folder postgres' own and becomes postgres; an empty data folder is set up from POSTGRES_DB, POSTGRES_USER and
# POSTGRES_PASSWORD while the server listens on its socket only, and each file of /docker-entrypoint-initdb.d is run;
# a volume with the data of another version is refused.
set -euo pipefail

if [ "$1" != postgres ]; then
    exec "$@"
fi

mkdir -p "$PGDATA" /var/run/postgresql
chmod 700 "$PGDATA"
chmod 3775 /var/run/postgresql
if [ "$(id -u)" = 0 ]; then
    find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    for old in /var/lib/postgresql /var/lib/postgresql/data /var/lib/postgresql/*/docker; do
        if [ -s "$old/PG_VERSION" ]; then
            echo "Error: $old has the data of PostgreSQL $(cat "$old/PG_VERSION"), and this is $PG_MAJOR." >&2
            exit 1
        fi
    done
    : "${POSTGRES_PASSWORD:?Error: the superuser password is not specified}"
    export POSTGRES_USER="${POSTGRES_USER:-postgres}"
    export POSTGRES_DB="${POSTGRES_DB:-$POSTGRES_USER}"
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") >/dev/null
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    PGPASSWORD="$POSTGRES_PASSWORD" pg_ctl --wait --options="-c listen_addresses='' -k /var/run/postgresql" start
    export PGHOST=/var/run/postgresql
    if [ "$POSTGRES_DB" != postgres ]; then
        createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
    fi
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
        *.sh)
            echo "$0: running $file"
            if [ -x "$file" ]; then "$file"; else . "$file"; fi
            ;;
        *.sql) psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --file "$file" ;;
        esac
    done
    pg_ctl --wait --mode=fast stop
    unset PGHOST
    echo "PostgreSQL init process complete; ready for start up."
fi
exec postgres -c listen_addresses='*' -k /var/run/postgresql,/tmp # the wheel's own psql looks into /tmp
