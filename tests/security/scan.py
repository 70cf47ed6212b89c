"""Attack a running Amparo as every role with what others use for it, and read the source: `make scan`.

    python -m tests.security.scan [schemathesis|wapiti|sqlmap|bandit …] [--examples N] [--seconds N] [--as ROLE …]

`--seconds` bounds each scanner for each role. It ends with 1 when anything of weight was found.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from tests.security.examples import example
from tests.security.fuzzing import WHOLE, fuzz, operations
from tests.security.stage import CALLERS, Target, target
from tests.world import installation_on_sqlite

TOOLS = Path(".scan/venv/bin")

#: Left out: what needs a service on the internet (ssrf, log4shell, takeover), guesses names of other people's products
#: (cms, nikto, wp_enum, network_device, htp, wapp), tries passwords (brute_login_form), looks for TLS (ssl),
#: or asks what is not spoken here and takes our refusals for an answer (ldap, spring4shell).
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,"
    "sql,timesql,upload,xss,xxe"
)

#: What every unsafe request carries.
HEADERS = {"Content-Type": "application/json", "Idempotency-Key": "scan", "If-Match": '"1"'}

#: What wapiti finds and is meant so, as patterns of the path. What takes a form by a standard of its own knows no
#: cookie: a program's secret, or the provider's signature, speaks for the request. Over plain HTTP, which is for
#: loopback only, a cookie can not be `Secure`; that it is under TLS is tried in tests/staff and tests/single_sign_on.
MEANT = (
    ("Cross Site Request Forgery", "/api/v1/oauth/token"),
    ("Cross Site Request Forgery", "/api/v1/identity-providers/[^/]+/logout"),
    ("Secure Flag cookie", "/"),
)


def say(*words: object) -> None:
    """A line of the report."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def run(seconds: int, *command: str | Path) -> str:
    """What a program says, for as long as it may run."""
    try:
        ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as cut:
        return (cut.stdout or b"").decode(errors="replace")  # bytes, whatever was asked for
    return ran.stdout + ran.stderr


def by_schemathesis(there: Target, who: str | None, examples: int, phases: tuple[str, ...]) -> int:
    """Every operation of the description, in every phase."""
    began = time.monotonic()
    findings = fuzz(there, who, phases=phases, examples=examples)
    say("schemathesis", findings.text(), dict(findings.statuses), f"{time.monotonic() - began:.0f} s")
    return len(findings.failures) + len(findings.errors)


def by_wapiti(there: Target, who: str | None, seconds: int, folder: Path) -> int:
    """Pages by crawling, and the API by its description."""
    description, report = folder / "openapi.json", folder / f"wapiti-{who}.json"
    described = operations(there.world.attorney.get("/openapi.json").json())
    description.write_text(json.dumps(described | {"servers": [{"url": there.address}]}))
    token = there.tokens[who]
    signed_in = ["-H", f"Authorization: Bearer {token}"] if token else []
    said = run(
        seconds * 2 + 120, TOOLS / "wapiti", "-u", f"{there.address}/", "--swagger", description, "-m", MODULES,
        "-l", "1", "--scope", "domain", "--flush-session", "--store-session", folder / "wapiti",
        "--max-scan-time", str(seconds),
        "--max-attack-time", str(max(seconds // MODULES.count(","), 2)),
        "-d", "4", "--max-links-per-page", "60", "-f", "json", "-o", report, "--tasks", "2", *signed_in,
    )  # fmt: skip
    if not report.exists():
        say("wapiti", who, "gave no report:", said[-1000:])
        return 1
    told = json.loads(report.read_text())
    found = [
        (kind, each)
        for kind, all_ in told["vulnerabilities"].items()
        for each in all_
        if not any(kind == what and re.fullmatch(path, each["path"]) for what, path in MEANT)
    ]
    say("wapiti", who, told["infos"].get("crawled_pages_nbr"), "pages", dict(Counter(kind for kind, _ in found)))
    for kind, each in found[:20]:
        say("   ", kind, each["method"], each["path"], each["parameter"], each["info"][:200])
    return len(found)


@dataclass(frozen=True, slots=True)
class Aim:
    """One operation with a request that its description calls well formed, and how sqlmap is told of it."""

    name: str
    address: str
    method: str
    body: Any = None

    @property
    def told(self) -> list[str]:
        """The options that carry a body."""
        if self.body is None:
            return []
        headers = "\n".join(f"{name}: {value}" for name, value in HEADERS.items())
        return ["--data", json.dumps(self.body), "--headers", headers, "--method", self.method]


def aims(there: Target) -> Iterator[Aim]:
    """Everything that takes parameters in its query or its body."""
    described = operations(there.world.attorney.get("/openapi.json").json())
    parts = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        known = re.sub(r"{(\w+)}", lambda found: there.ids.get(found[1], ["1"])[0], path)
        for method, operation in methods.items():
            name, address = f"{method} {path}", there.address + known
            queries = {
                each["name"]: example(each["schema"], parts, there.ids, each["name"])
                for each in operation.get("parameters", ())
                if each["in"] == "query" and each["name"] != "cursor"  # which is no word but an answer of ours
            }
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if queries:
                yield Aim(name, f"{address}?{urlencode(queries, doseq=True)}", method.upper())
            elif content:
                yield Aim(name, address, method.upper(), example(content["schema"], parts, there.ids))


def reaches(aim: Aim, token: str | None) -> bool:
    """Whether this caller comes further than the door: who does not is refused before any parameter is looked at."""
    headers = HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})
    status = httpx2.request(aim.method, aim.address, json=aim.body, headers=headers, timeout=30).status_code
    return status not in (401, 403, 404)


def by_sqlmap(there: Target, who: str | None, seconds: int, folder: Path) -> int:
    """Every parameter of every query and body that this caller reaches, for as long as there is time."""
    token, until, tried, found = there.tokens[who], time.monotonic() + seconds, 0, []
    signed_in = ["--auth-type", "Bearer", "--auth-cred", token] if token else []
    reached = [aim for aim in aims(there) if reaches(aim, token)]
    for aim in reached:
        left = int(until - time.monotonic())
        if left <= 0:
            break
        said = run(
            left, TOOLS / "sqlmap", "-u", aim.address, "--batch", "--level", "3", "--risk", "2", "--dbms", "sqlite",
            "--skip", "user-agent,referer,host,cookie", "--flush-session", "--ignore-code", "*",
            "--output-dir", folder / "sqlmap", "--disable-coloring", "--threads", "2", *signed_in, *aim.told,
        )  # fmt: skip
        tried += 1
        if "identified the following injection point" in said or "is vulnerable" in said:
            found.append(aim.name)
    say("sqlmap", who, f"{tried} of {len(reached)} operations that it reaches", "found:", found)
    return len(found) + len(reached) - tried


def by_bandit() -> int:
    """The source, read for what is unsafe by itself; ruff's S rules run with every `make lint`."""
    told = json.loads(run(600, TOOLS / "bandit", "-r", "app", "-q", "-f", "json").partition("\n[")[0])
    weights = Counter(each["issue_severity"] for each in told["results"])
    say("bandit", told["metrics"]["_totals"]["loc"], "lines,", dict(weights))
    return weights["HIGH"]


def main() -> int:
    """The report on the standard output."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("tools", nargs="*", default=["bandit", "schemathesis", "wapiti", "sqlmap"])
    asked.add_argument("--examples", type=int, default=200)
    asked.add_argument("--phases", nargs="*", default=list(WHOLE))
    asked.add_argument("--seconds", type=int, default=1800)
    asked.add_argument("--as", dest="roles", nargs="*", default=[who or "nobody" for who in CALLERS])
    given = asked.parse_args()
    found = by_bandit() if "bandit" in given.tools else 0
    with tempfile.TemporaryDirectory(prefix="amparo-scan-") as name:
        folder = Path(name)
        made = installation_on_sqlite(folder / "made")
        for who in (None if each == "nobody" else each for each in given.roles):
            # Each caller finds everything as it was: what another has changed would be in the way.
            for tool in given.tools:
                if tool == "bandit":
                    continue
                own = folder / f"{tool}-{who}"
                own.mkdir()
                with target(made, own) as there:
                    if tool == "schemathesis":
                        found += by_schemathesis(there, who, given.examples, tuple(given.phases))
                    elif tool == "wapiti":
                        found += by_wapiti(there, who, given.seconds, own)
                    else:
                        found += by_sqlmap(there, who, given.seconds, own)
    say("findings:", found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
