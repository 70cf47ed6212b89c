"""The record of who did and saw what, and its seals: which rows each sight sees and changes."""

from app.access.policies.conditions import ACTOR, colleague, of_visible, tied
from app.access.rows import declare as _policy
from app.access.rows import to as _to

_policy(
    "audit_event",
    _to(
        "audit",
        "sealer",
        where=f"actor_id = {ACTOR} OR {tied('audit_event.subject_id')} OR {tied('object_id')}"
        f" OR {colleague('actor_id')} OR {of_visible('object_id', 'erasure')}",
    ),
    # Nobody writes under another's name; at the door nobody has a name yet.
    add=_to("door", where=f"actor_id = {ACTOR}"),
    change=None,
    by=None,
)
_policy("access_review", _to("audit", "staff"), add=_to("reviewing"), change=None)
for _name in ("audit_leaf", "audit_seal", "audit_tile", "audit_checkpoint"):
    # Positions, digests and signatures: they tell of nobody, and prove a certificate to whoever may read it.
    _policy(_name, _to("audit", "sealer", "person"), add=_to("sealer"), change=None)
# Where checkpoints go to, and whether they got there: of concern to who watches over the record.
_policy("audit_place", _to("audit", "sealer"), add=_to("sealer"), change=_to("sealer"), remove=_to())

# -- The shape of the database itself ---------------------------------------------------------------------------------
_policy("alembic_version", _to("person", "door"), add=_to(), change=_to(), remove=_to())
