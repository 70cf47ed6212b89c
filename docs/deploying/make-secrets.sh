#!/bin/sh
# Makes ./secrets for compose.yaml: three passwords that nobody has to know. What is there already is kept.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
address() { printf 'postgresql+psycopg://amparo_%s:%s@/amparo?host=/run/postgresql\n' "$1" "$(random)"; }
keep() { [ -s "secrets/$1" ] || cat >"secrets/$1"; }

random | keep admin_password
address owner | keep owner_url
address app | keep app_url
# A container's account has another number than yours, so it reads the file as a stranger; the folder keeps others out.
chmod 700 secrets
chmod 644 secrets/admin_password secrets/owner_url secrets/app_url
echo "The secrets are in $(pwd)/secrets, which only you can open."
