"""The seed of one-time codes: opened to be checked against, and shown to its owner until the first code is entered."""

from dataclasses import dataclass
from io import BytesIO

import pyotp
import segno

from app.authenticators import reads
from app.authenticators.rules import SEED_LIFE, STEP_SECONDS, grouped
from app.crypto import Cell, Group
from app.errors import NotFound
from app.work import Work


@dataclass(frozen=True, slots=True)
class SeedView:
    """What an authenticator app needs: as a picture to point a camera at, and as text to type."""

    picture: str
    secret: str


def opened(work: Work, app: reads.App) -> pyotp.TOTP:
    """The codes of a seed (RFC 6238: SHA-1, six digits, 30 seconds: what every app knows)."""
    seed = work.vault.open(
        Cell("authenticator_app", "seed_sealed", app.id, app.subject_id), Group.STAFF, app.seed_sealed
    )
    return pyotp.TOTP(seed, interval=STEP_SECONDS)


def waiting(work: Work) -> SeedView:
    """The actor's seed that waits for its first code.

    Raises NotFound when none does, or it waited too long; Denied to a token and to a session too weak to set one up.
    """
    reads.may_change(work)
    app = reads.app_of(work, work.actor.id)
    if app is None or app.confirmed_at is not None or app.created_at + SEED_LIFE < work.now:
        raise NotFound
    codes = opened(work, app)
    drawn = BytesIO()
    address = codes.provisioning_uri(name=work.actor.email, issuer_name="Amparo")
    picture = segno.make(address, error="m", micro=False)
    picture.save(drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, light="#fff", nl=False)
    return SeedView(drawn.getvalue().decode(), grouped(codes.secret))
