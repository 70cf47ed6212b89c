"""Follow the Dockerfile without Docker: its own steps, in an empty folder, as an account that owns nothing else.

    python -m tests.deploying.following FOLDER

What stands for the base images is this machine's Python and npm. The commands that change the machine's accounts and
its packages (groupadd, useradd, install -o, apt-get) are written down instead of done. Absolute folders that the
Dockerfile names are made below FOLDER; between stages only what is copied comes along.
"""

import fnmatch
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.deploying.dockerfile import Dockerfile, Instruction, Stage, read

ROOT = Path(__file__).resolve().parent.parent.parent
#: The account that builds when root asks for it: it owns nothing and may write nowhere else.
BUILDER = 65534
#: How installers of this machine reach their registries; everything else of the environment stays outside.
_INSTALLERS = re.compile(r"PIP|UV|NPM|npm_config|SSL|NODE_EXTRA|REQUESTS|CURL|https?_proxy|no_proxy")
#: Where the system's lists of packages lie: named by a step, and so below FOLDER too.
_LISTS = "/var/lib/apt/lists"
_STUB = '#!/bin/sh\nprintf "%s\\n" "$0 $*" >>"{notes}"\n'
_INSTALL = _STUB + 'set -- $(printf "%s\\n" "$*" | sed "s/-[og] [a-z]*//g")\nexec /usr/bin/install "$@"\n'


@dataclass
class Followed:
    """The image's tree, what stands in it, and what was written down."""

    file: Dockerfile
    root: Path
    notes: Path

    @property
    def stage(self) -> Stage:
        return self.file.image

    def place(self, path: str) -> Path:
        """Where an absolute folder of the image is."""
        return self.root / path.lstrip("/")

    def mapped(self, text: str) -> str:
        """The text with the image's own folders where they are."""
        return _mapped(text, self.file, self.root)

    def environment(self) -> dict[str, str]:
        return {name: self.mapped(value) for name, value in self.stage.environment().items()}

    def volumes(self) -> list[Path]:
        return [self.place(path) for each in self.stage.all("VOLUME") for path in each.words()]


def follow(folder: Path) -> Followed:
    """Build in ``folder``, which must be empty. Raises CalledProcessError with what a step said."""
    file = read(ROOT / "Dockerfile")
    root, notes, home = folder / "root", folder / "notes", folder / "home"
    stubs = folder / "stubs"
    for each in (root, home, stubs):
        each.mkdir()
    notes.touch()
    _write_stubs(stubs, notes)
    _hand_over(folder)
    context = context_in(folder / "context")
    for stage in file.stages:
        _run(stage, file, folder, context)
        if stage is not file.image:
            root.rename(folder / f"stage-{stage.name}")
            root.mkdir()
            _hand_over(root)
    return Followed(file, root, notes)


def context_in(folder: Path) -> Path:
    """What .dockerignore lets through, as a copy."""
    for name in context_names(ROOT):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    _open(folder)
    return folder


def context_names(tree: Path) -> list[str]:
    """The files that would be sent to the builder: the last line of .dockerignore that fits a file decides."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    skipped = {".git", ".venv", ".boot", "node_modules"}
    found = []
    for path, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name not in skipped]
        names = ((Path(path) / name).relative_to(tree).as_posix() for name in files)
        found += [name for name in names if not _ignored(name, rules)]
    return sorted(found)


def _ignored(name: str, rules: list[str]) -> bool:
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        bare = pattern.removeprefix("**/")
        parts = name.split("/")
        fits = any(
            fnmatch.fnmatch("/".join(parts[start:end]), bare)
            for start in (range(len(parts)) if bare != pattern else [0])
            for end in range(start + 1, len(parts) + 1)
        )
        if fits:
            ignored = not rule.startswith("!")
    return ignored


def _run(stage: Stage, file: Dockerfile, folder: Path, context: Path) -> None:
    root, here = folder / "root", folder / "root"
    for each in stage.instructions:
        if each.word == "WORKDIR":
            here = root / each.rest.lstrip("/")
            _as_builder(["mkdir", "-p", str(here)], folder, root)
        elif each.word == "COPY":
            _copy(each, folder, here, context)
        elif each.word == "RUN":
            _as_builder(["sh", "-euc", _mapped(each.rest, file, root)], folder, here)


def _copy(step: Instruction, folder: Path, here: Path, context: Path) -> None:
    words = step.words()
    source = context
    if words[0].startswith("--from="):
        source = folder / f"stage-{words.pop(0).removeprefix('--from=')}"
    *names, target = words
    for name in names:
        origin = source / name.lstrip("/")
        onto = here / target
        if not origin.is_dir() and target.endswith("/"):
            onto = onto / origin.name
        _as_builder(["mkdir", "-p", str(onto if origin.is_dir() else onto.parent)], folder, here)
        # As Docker does, a folder's contents are copied and not the folder.
        what = f"{origin}/." if origin.is_dir() else str(origin)
        _as_builder(["cp", "-a", "--no-preserve=ownership", what, str(onto)], folder, here)


def _as_builder(command: list[str], folder: Path, here: Path) -> None:
    environment = installers() | {"HOME": str(folder / "home"), "LC_ALL": "C.UTF-8", "TMPDIR": str(folder / "home")}
    path = os.pathsep.join([str(folder / "stubs"), str(python().parent), "/usr/local/bin", "/usr/bin", "/bin"])
    ran = subprocess.run(
        command,
        cwd=here if here.exists() else folder,
        env=environment | {"PATH": path},
        user=BUILDER if os.geteuid() == 0 else None,
        group=BUILDER if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
        umask=0o022,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise AssertionError(f"{command}\n{ran.stdout}\n{ran.stderr}")


def installers() -> dict[str, str]:
    """Where pip, uv and npm of this machine fetch from, told to them as .ci/setup tells it."""
    environment = {name: value for name, value in os.environ.items() if _INSTALLERS.match(name)}
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    if asked.returncode == 0 and asked.stdout.strip():
        environment.setdefault("UV_DEFAULT_INDEX", asked.stdout.strip())
    return environment


def python() -> Path:
    """A Python 3.11 or newer that any account of this machine may start, and that can make a venv."""
    names = [Path(folder) / "python3" for folder in (*os.environ["PATH"].split(os.pathsep), "/usr/bin")]
    for name in names:
        if not name.is_file() or {".venv", "shims"} & set(name.parts) or not _open_to_others(name.resolve()):
            continue
        asks = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))"
        if subprocess.run([name, "-c", asks], check=False, capture_output=True).returncode == 0:
            return name
    raise AssertionError("there is no Python 3.11 with venv that another account may start: install python3-venv")


def _open_to_others(program: Path) -> bool:
    return os.geteuid() != 0 or all(part.stat().st_mode & stat.S_IXOTH for part in (program, *program.parents))


def _mapped(text: str, file: Dockerfile, root: Path) -> str:
    named = {each.rest for stage in file.stages for each in stage.all("WORKDIR")}
    named |= {_LISTS} | {path for each in file.image.all("VOLUME") for path in each.words()}
    pattern = "|".join(sorted(map(re.escape, named), key=len, reverse=True))
    return re.sub(rf"(?<![\w.-])({pattern})(?![\w-])", lambda found: str(root) + found[0], text)


def _write_stubs(folder: Path, notes: Path) -> None:
    for name in ("groupadd", "useradd", "apt-get"):
        (folder / name).write_text(_STUB.format(notes=notes))
    (folder / "install").write_text(_INSTALL.format(notes=notes))
    for each in folder.iterdir():
        each.chmod(0o755)


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, BUILDER, BUILDER)


def _open(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def in_tree(folder: Path) -> Iterator[str]:
    """Every file below, as its path from there."""
    return (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())


if __name__ == "__main__":
    done = follow(Path(sys.argv[1]))
    files = list(in_tree(done.root))
    sys.stdout.write(f"{len(files)} files in {done.root}, started by {done.stage.last('ENTRYPOINT').words()}\n")
