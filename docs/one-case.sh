#!/usr/bin/env bash
# One case's whole way over HTTP: from the intake to the quarter's report in four formats.
#
#   make demo                                   # in one terminal
#   docs/one-case.sh http://localhost:8000      # in another
#
# Needs bash, curl and python3 (to read JSON). Everybody signs in with the demo's password; each keeps their own cookie.
set -euo pipefail

BASE=${1:-http://localhost:8000}
PASSWORD=${AMPARO_DEMO_PASSWORD:-demo passphrase only}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

say() { printf '\n== %s\n' "$*"; }

# field JSON-EXPRESSION: a value out of the last answer, like: field "['id']"
field() { python3 -c "import json,sys; print(json.load(open(sys.argv[1]))$1)" "$WORK/answer"; }

# A new key for every request; sending the same one again would give the first answer again.
fresh_key() { python3 -c "import uuid; print(uuid.uuid4())"; }

# call WHO METHOD PATH [JSON]: one request with WHO's cookie; the answer lands in $WORK/answer.
# Every POST that moves money needs an Idempotency-Key; one on every POST does no harm.
call() {
  local who=$1 method=$2 path=$3 body=${4-} status
  local -a more=()
  [ -n "$body" ] && more=(-H 'Content-Type: application/json' --data "$body")
  status=$(curl -sS -o "$WORK/answer" -w '%{http_code}' -X "$method" "$BASE/api/v1$path" \
    -b "$WORK/$who" -c "$WORK/$who" -H "Origin: $BASE" -H "Idempotency-Key: $(fresh_key)" ${more[@]+"${more[@]}"})
  if [ "$status" -ge 400 ]; then
    printf '%s %s %s answered %s\n' "$who" "$method" "$path" "$status" >&2
    cat "$WORK/answer" >&2
    exit 1
  fi
}

say "Everybody signs in"
for who in intake partner attorney fund approver releaser auditor; do
  call "$who" POST /session "{\"email\": \"$who@demo.example\", \"password\": \"$PASSWORD\"}"
  call "$who" GET /session
  printf '%-9s %s\n' "$who" "$(field "['name']")"
done
call attorney GET /session
ATTORNEY=$(field "['id']")
NORTH=$(field "['partner']['id']")

say "Intake: an application, screened at once against every open fund"
# A fictional person. A-number and e-mail are random, so that the conflict check finds nobody when this is run again.
A_NUMBER=$(python3 -c "import random; print(f'A{random.randrange(10**8, 9 * 10**8)}')")
HEARING=$(python3 -c "import datetime as d; print(d.date.today() + d.timedelta(days=120))")
call intake POST /applications '{
  "applicant": {"given_names": "Ejemplo", "family_names": "Ficticio", "date_of_birth": "1990-02-28",
    "country_of_birth": "GT", "a_number": "'"$A_NUMBER"'", "preferred_language": "spa", "interpreter_needed": "yes"},
  "contact": {"email": "'"$A_NUMBER"'@demo.example", "phone_safe": "not_asked", "address": {"street":
    "1 Example Street", "city": "Denver", "county": "Denver", "state": "CO", "postal_code": "80204"}},
  "household": {"size": 4, "annual_income": "38000.00", "income_basis": "self_attested"},
  "immigration": {"status": "none", "in_removal_proceedings": "yes", "custody": "released", "court": "DEN",
    "next_hearing_on": "'"$HEARING"'", "has_counsel": "no"},
  "consents": {"store": true, "share_with_partner": true}, "submit": true}'
APPLICATION=$(field "['id']")
field "['reference']"
python3 - "$WORK/answer" <<'PY'
import json, sys
for screening in json.load(open(sys.argv[1]))["screenings"]:
    print(f"  {screening['verdict']:<18} {screening['fund']}")
PY
FUND=$(python3 -c "
import json, sys
print(next(s['fund_id'] for s in json.load(open(sys.argv[1]))['screenings'] if s['verdict'] == 'eligible'))" "$WORK/answer")

say "Conflict check, then the application is accepted and the case offered to a partner"
call intake POST "/applications/$APPLICATION/conflict-checks" '{}'
field "['result']"
call intake POST "/applications/$APPLICATION/accept" \
  "{\"fund_id\": \"$FUND\", \"partner_id\": \"$NORTH\", \"representation\": \"full\"}"
CASE=$(field "['id']")
REFERENCE=$(field "['reference']")
echo "$REFERENCE"

say "The partner assigns an attorney, who attests that there is no conflict and accepts"
call partner POST "/cases/$CASE/assignments" "{\"attorney_id\": \"$ATTORNEY\", \"role\": \"primary\"}"
ASSIGNMENT=$(field "['id']")
call attorney POST "/assignments/$ASSIGNMENT/accept" '{"no_conflict": true}'
call attorney GET "/cases/$CASE"
field "['status']"

say "An award for the case; another person approves it"
call attorney POST /awards "{\"case_id\": \"$CASE\", \"fund_id\": \"$FUND\", \"category\": \"representation\", \"amount\": \"1500.00\"}"
AWARD=$(field "['id']")
call fund POST "/awards/$AWARD/approve" '{}'
field "['status']"

say "A disbursement by four people: asked for, approved, released, settled"
call attorney POST /payees "{\"name\": \"Example Translation $RANDOM\", \"kind\": \"vendor\"}"
PAYEE=$(field "['id']")
call attorney POST /disbursements "{\"award_id\": \"$AWARD\", \"payee_id\": \"$PAYEE\", \"amount\": \"437.19\", \"method\": \"ach\"}"
DISBURSEMENT=$(field "['id']")
call attorney POST "/disbursements/$DISBURSEMENT/submit" '{}'
call approver POST "/disbursements/$DISBURSEMENT/approve" '{}'
call releaser POST "/disbursements/$DISBURSEMENT/release" '{}'
call fund POST "/disbursements/$DISBURSEMENT/settle" '{"bank_reference": "ACH-EXAMPLE-1"}'
field "['status']"

say "This quarter's report in four formats"
# Days of a fund are days in its time zone.
read -r FROM TO < <(python3 -c "
import datetime as d, zoneinfo
today = d.datetime.now(zoneinfo.ZoneInfo('America/Denver')).date()
first = d.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
after = (first + d.timedelta(days=100)).replace(day=1)
print(first, after - d.timedelta(days=1))")
QUERY="/reports/disbursements?from=$FROM&to=$TO&group_by=fund,category"
call fund GET "$QUERY&details=true"
python3 - "$WORK/answer" "$REFERENCE" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
assert any(line["case"] == sys.argv[2] for line in report["lines"]), "the new disbursement must be in the report"
print(json.dumps(report["totals"]))
print("digest", report["digest"])
PY
cp "$WORK/answer" "$WORK/report.json"
for format in csv xlsx pdf; do
  call fund GET "$QUERY&format=$format"
  cp "$WORK/answer" "$WORK/report.$format"
  printf '%s: %s bytes\n' "$format" "$(wc -c < "$WORK/report.$format")"
done
if [ -n "${KEEP_IN:-}" ]; then cp "$WORK"/report.* "$KEEP_IN"; fi

say "Done: $REFERENCE"
