"""This machine: account, swap, disk, style sheet."""

from pathlib import Path
from typing import Final

import app
from app.config import Settings
from app.doctor.reads.places import look
from app.doctor.reads.surroundings import Surroundings
from app.doctor.rules.upkeep import MachineFacts

_STYLE_SHEET: Final = Path(app.__file__).parent / "web" / "static" / "vendor" / "uswds" / "css" / "uswds.min.css"
_NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "glusterfs", "ceph", "lustre"})


def facts(wanted: Settings, around: Surroundings) -> MachineFacts:
    """What a broken or stolen machine would make of an installation."""
    data = look(wanted.data_dir.absolute())
    return MachineFacts(
        root=data.there and data.owner == around.root,
        swaps=tuple(_swaps(around.proc)),
        free=around.free(_existing(wanted.data_dir.absolute())),
        style_sheet=_STYLE_SHEET.is_file(),
    )


def network_file_system(path: Path, proc: Path) -> str | None:
    """The kind of network file system that holds ``path``; None on a local one, or where nobody tells."""
    try:
        lines = (proc / "mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    mounts = [(parts[1], parts[2]) for parts in map(str.split, lines) if len(parts) > 2]
    holding = [(point, kind) for point, kind in mounts if path.is_relative_to(point)]
    kind = max(holding, key=lambda each: len(each[0]), default=("", ""))[1]
    return kind if kind in _NETWORK else None


def _swaps(proc: Path) -> list[str]:
    try:
        lines = (proc / "swaps").read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return []
    names = [line.split()[0] for line in lines if line.strip()]
    return [name for name in names if not name.startswith("/dev/zram") and not _is_encrypted(name)]


def _is_encrypted(device: str) -> bool:
    try:
        kind = Path("/sys/block") / Path(device).resolve().name / "dm" / "uuid"
        return kind.read_text(encoding="ascii").startswith("CRYPT-")
    except OSError:
        return False


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
