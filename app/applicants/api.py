"""Searching for people and revealing a sealed group, over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.applicants import reads
from app.web.door import Door
from app.work import Work

door = Door("/applicants")


@door.search("/search", Permission.APPLICANT_SEARCH)
def search_applicants(work: Work, form: reads.Search) -> reads.Matches:
    """Find people by A-number, phone or e-mail exactly, or by name and date of birth, among those you work with."""
    return reads.search(work, form)


@door.post("/{applicant_id}/reveal", Permission.APPLICANT_REVEAL, finds=reads.may_reveal, writes=False)
def reveal_group(work: Work, applicant_id: UUID, form: reads.Reveal) -> reads.Revealed:
    """Open one sealed group of a person, for a purpose. The opening is always recorded."""
    return reads.reveal(work, applicant_id, form)
