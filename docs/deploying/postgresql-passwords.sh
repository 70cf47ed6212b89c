#!/bin/sh
# Gives the two users of postgresql-users.sql the passwords that stand in the addresses which Amparo is given.
# They are letters and digits (make-secrets.sh), so nothing in them needs quoting.
set -eu

password_in() { sed -n 's#^[a-z+]*://[^:]*:\([A-Za-z0-9]*\)@.*#\1#p' "$1"; }

for user in owner app; do
    password=$(password_in "${SECRETS:-/run/secrets}/${user}_url")
    [ -n "$password" ] || { echo "There is no password in the secret ${user}_url. Run make-secrets.sh." >&2; exit 1; }
    printf "ALTER ROLE amparo_%s PASSWORD '%s';\n" "$user" "$password"
done | psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres
