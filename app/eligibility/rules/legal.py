"""How far a dated text binds."""

from enum import StrEnum


class LegalStatus(StrEnum):
    """What kind of authority stands behind a rule set or a table."""

    IN_FORCE = "in_force"
    PROGRAM_TERMS = "program_terms"
    ILLUSTRATION = "illustration"
    PROPOSED = "proposed"
    ENJOINED = "enjoined"

    @property
    def applies(self) -> bool:
        """Whether anybody may be screened by it. What is proposed or enjoined is stored, never applied."""
        return self not in (LegalStatus.PROPOSED, LegalStatus.ENJOINED)
