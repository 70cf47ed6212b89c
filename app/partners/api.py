"""Partners over REST."""

from uuid import UUID

from app.access.grants import Permission
from app.partners import actions, reads
from app.web.door import Door
from app.work import Work

door = Door("/partners")


@door.get("", Permission.PARTNER_READ)
def list_partners(work: Work) -> reads.PartnerList:
    """The partner organizations you may see, by name."""
    return reads.partners(work)


@door.get("/{partner_id}", Permission.PARTNER_READ)
def get_partner(work: Work, partner_id: UUID) -> reads.PartnerView:
    """One partner organization."""
    return reads.partner(work, partner_id)


@door.post("", Permission.PARTNER_MANAGE, status_code=201)
def create_partner(work: Work, form: actions.NewPartner) -> reads.PartnerView:
    """Take a partner organization on."""
    return reads.partner(work, actions.create(work, form))


@door.patch("/{partner_id}", Permission.PARTNER_MANAGE, finds=reads.changeable, steps_up=True)
def change_partner(work: Work, partner_id: UUID, form: actions.PartnerChange) -> reads.PartnerView:
    """Change a partner organization; ``active`` false suspends it: its people can not sign in."""
    return reads.partner(work, actions.change(work, partner_id, form))
