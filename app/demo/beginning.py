"""Before the first applicant: organizations, staff, funds, and the payees that everybody pays."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.config import Strength
from app.demo.cast import ADMINISTRATOR, OFFICES, ORGANIZATIONS, PASSWORD, STAFF, Member
from app.demo.days import midnight
from app.demo.givers import Giving, givings
from app.demo.past import Life, step
from app.demo.stage import Stage
from app.funds.actions import funds, payees, terms
from app.money import Money
from app.partners import actions as partners
from app.single_sign_on.actions import providers as sign_ins
from app.staff.actions import accounts, people
from app.work import Work

#: Who adds the first person: whoever runs the machine.
OPERATOR: Final = "operator"
#: Everything is prepared so long before the first fund's term.
_PREPARED: Final = timedelta(days=3)
#: Money is taken on so long before its term begins.
_AHEAD: Final = timedelta(days=14)
#: How the name of the demo's restricted fund ends.
RESTRICTED: Final = "The Denver Foundation"
_A_MOMENT: Final = timedelta(minutes=1)
#: key -> what the fund enters for all its partners.
SHARED_PAYEES: Final = {
    "interpreter": {"kind": "vendor", "name": "Sample Interpreters"},
    "translator": {"kind": "vendor", "name": "Example Translations"},
    "expert": {"kind": "vendor", "name": "Specimen Country Experts"},
    "agency": {"kind": "agency", "name": "Immigration filing fees (example agency)"},
}
#: A routing number whose check digit is right and which no bank has, and account numbers that are no one's.
_ROUTING: Final = "123456780"
#: Whom the payments of an office go to: it is paid itself, or an attorney outside it who takes its cases.
OFFICE_PAYEES: Final = {
    "north": {"kind": "partner", "name": "North Example Legal Aid"},
    "south": {"kind": "partner", "name": "Sample Street Defenders"},
    "west": {"kind": "attorney", "name": "Placeholder Law Office"},
}


def begin(stage: Stage) -> None:
    """Start the lives of those who prepare everything."""
    opening = list(givings(stage.today))
    day = opening[0].starts_on - _PREPARED
    stage.past.start(_hiring(stage, midnight(day) + timedelta(hours=9)))
    for place, giving in enumerate(opening):
        at = midnight(max(day, giving.starts_on - _AHEAD)) + timedelta(hours=15, minutes=10 * place)
        stage.past.start(_funding(stage, giving, at))


def _hiring(stage: Stage, at: datetime) -> Life:
    yield from _hired(stage, at, OPERATOR, ADMINISTRATOR)
    for place, (key, (name, kind)) in enumerate(ORGANIZATIONS.items()):
        at += _A_MOMENT
        # 555-01 is kept free for numbers that nobody has.
        form = partners.NewPartner(name=name, kind=kind, phone=f"303-555-01{place:02d}")
        stage.partners[key] = yield step(at, ADMINISTRATOR.key, partners.create, form)
    at += _A_MOMENT
    yield step(at, ADMINISTRATOR.key, _enter_sign_in, stage.partners["north"])
    for member in STAFF:
        at += 2 * _A_MOMENT
        # What takes two persons, one at the machine does: the first who could agree have to come from somewhere.
        yield from _hired(stage, at, OPERATOR, member)
    for number, office in enumerate(OFFICES):
        at += 2 * _A_MOMENT
        account = {"routing_number": _ROUTING, "account_number": f"000012345{number}"}
        new = payees.NewPayee.model_validate(OFFICE_PAYEES[office.key] | {"account": account})
        stage.payees[office.key] = yield step(at, office.administrator, payees.create, new)
    for key, known in SHARED_PAYEES.items():
        at += _A_MOMENT
        stage.payees[key] = yield step(at, "fund", payees.create, payees.NewPayee.model_validate(known))


def _enter_sign_in(work: Work, partner_id: UUID) -> None:
    """What the page of an organization's sign-in shows; out of use, because nobody answers there."""
    form = sign_ins.NewProvider(
        name=ORGANIZATIONS["north"][0],
        issuer="https://sign-in.example.org",
        client_id="amparo",
        partner_id=partner_id,
    )
    provider_id = sign_ins.add(work, form, loopback=False)
    sign_ins.change(work, provider_id, sign_ins.ChangedProvider(active=False))


def _hired(stage: Stage, at: datetime, by: str, member: Member) -> Life:
    partner_id = stage.partners[member.office] if member.office else None
    form = people.NewStaff(email=member.email, name=member.name, roles=[member.role], partner_id=partner_id)
    invited = yield step(at, by, people.invite, form)
    stage.past.people[member.key] = Actor(
        id=invited.account_id,
        email=member.email,
        name=member.name,
        roles=frozenset({member.role}),
        partner_id=partner_id,
        partner_name=ORGANIZATIONS[member.office][0] if member.office else None,
        language=None,
        time_zone=form.time_zone,
        session_id=None,
    )
    chosen = accounts.FirstPassword(secret=invited.secret, password=PASSWORD)
    yield step(at + _A_MOMENT, member.key, _choose_password, chosen)


def _choose_password(work: Work, form: accounts.FirstPassword) -> None:
    """What the link's page does. The link is the permission, as at its door."""
    work.decided = True
    accounts.choose_first_password(work, form, {"fund": Strength.PASSWORD, "partners": Strength.PASSWORD})


def _funding(stage: Stage, giving: Giving, at: datetime) -> Life:
    form = funds.NewFund.model_validate(
        {
            "name": giving.name,
            "giver": giving.giver,
            "starts_on": giving.starts_on.isoformat(),
            "ends_on": giving.ends_on.isoformat(),
            "awarded_total": f"{giving.total}.00",
            "ruleset": giving.program,
        }
    )
    fund_id = yield step(at, "fund", funds.create, form)
    for category, dollars in giving.allocations.items():
        at += _A_MOMENT
        allocation = funds.NewAllocation(category=category, amount=Money(100 * dollars))
        yield step(at, "fund", funds.allocate, fund_id, allocation)
    stage.purse.take(fund_id, giving)
    if giving.name.endswith(RESTRICTED):
        yield from _in_a_programme(fund_id, at + _A_MOMENT)


def _in_a_programme(fund_id: UUID, at: datetime) -> Life:
    """The fund is one source of a programme, with a limit for each case and a warning."""
    named = terms.NewProgramme(name="Denver Immigrant Legal Services Fund")
    programme_id = yield step(at, "fund", terms.create_programme, named)
    limits = terms.Terms(programme_id=programme_id, per_case=Money(250_000), alert_below=Money(100_000))
    yield step(at + _A_MOMENT, "fund", terms.set_terms, fund_id, limits)
