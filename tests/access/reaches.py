"""How far each role reaches, written by hand from the design: the second witness beside the cells over HTTP.

One letter a role, in the order intake worker, attorney, partner's administrator, fund administrator, auditor, system
administrator: o own, a assigned, p the organization's, A all, - refused.
"""

from tests.access.expected import ROLES

_REACH = {"o": "own", "a": "assigned", "p": "partner", "A": "all"}

PERMISSIONS = {
    # one's own account
    "account.own": "oooooo",
    "account.sign_in": "oooooo",
    # 1-5, 9: the person and what they told: the desk, then the attorney; nobody of the money
    "applicant.reveal": "pa----",
    "applicant.search": "pa----",
    "application.create": "p-----",
    "application.read": "p-----",
    "application.change": "p-----",
    "application.decide": "p-----",
    "conflict.check": "p-----",
    "conflict.resolve": "p--A--",
    "override.approve": "---A--",
    # 6-7: the case
    "case.read": "-apAA-",
    "case.access": "-apAA-",
    "case.change": "-a----",
    "case.notes": "-a----",
    "calendar.read": "-ap---",
    "assignment.offer": "--p---",
    "assignment.answer": "-o----",
    "assignment.end": "-op---",
    "help.give": "-ap---",
    "wall.read": "--pAA-",
    "wall.set": "--pA--",
    "break_glass.name": "---A--",
    "break_glass.open": "---A--",
    "break_glass.read": "-a-AA-",
    "break_glass.review": "---A--",
    # 8: documents: the desk's until the disposition, then the attorney's; the others know that there are some
    "document.read": "papAA-",
    "document.open": "pa----",
    "document.change": "pa----",
    # government fees: what they are is read by all who work on cases or money; the fund loads them, by two people
    "fee.read": "-AAAA-",
    "fee.manage": "---A--",
    "fee.quote": "-ap---",
    "fee.track": "-a----",
    # 10-13: money
    "fund.read": "---AA-",
    "fund.manage": "---A--",
    "fund_report.read": "---AA-",
    "award.read": "-apAA-",
    "award.request": "-ap---",
    "award.decide": "---A--",
    "payee.read": "-ppAA-",
    "payee.create": "-ppA--",
    "disbursement.read": "-apAA-",
    "disbursement.create": "-ap---",
    "disbursement.approve": "---A--",
    "disbursement.release": "---A--",
    "disbursement.settle": "---A--",
    "batch.read": "---AA-",
    "batch.make": "---A--",
    "batch.confirm": "---A--",
    "statement.read": "---AA-",
    "statement.match": "---A--",
    "statement.close": "---A--",
    "bond.read": "-apAA-",
    "bond.request": "-a----",
    "bond.decide": "---A--",
    "bond.record": "---A--",
    "bond.address": "-apA--",
    "obligor.open": "-a----",
    "agreement.read": "-ppAA-",
    "agreement.draft": "---A--",
    "agreement.approve": "---A--",
    "invoice.read": "-opAA-",
    "invoice.create": "-op---",
    "invoice.decide": "---A--",
    "report.read": "--pAA-",
    # 15-17: people, organizations, the record, the machine
    "partner.read": "AppAAA",
    "partner.manage": "---A-A",
    "staff.read": "--pAAA",
    "staff.manage": "--pA-A",
    "staff.grant": "--pA--",
    "staff.approve": "---A-A",
    "staff.sessions": "-----A",
    "access.review": "----AA",
    "audit.read": "--pAA-",
    "audit.seals": "---AA-",
    "audit.export": "----A-",
    "audit.prove": "----A-",
    "client.manage": "-----A",
    "identity_provider.read": "---A-A",
    "identity_provider.manage": "-----A",
    # 20: holds and erasure
    "hold.read": "-apAA-",
    "hold.set": "-apA--",
    "hold.lift": "---A--",
    "erasure.request": "-apA--",
    "erasure.approve": "---A--",
    "retention.read": "-apAA-",
    "retention.run": "-----A",
}
GROUPS = {
    "identity": "pa----",
    "contact": "pa----",
    "immigration": "pa----",
    "finances": "pa----",
    "criminal_history": "-a----",
    "notes": "pa----",
    "documents": "pa----",
    "payee": "------",
    "staff": "------",
}


def _by_role(table: dict[str, str]) -> dict[str, dict[str, str]]:
    return {
        role: {name: _REACH[letters[place]] for name, letters in table.items() if letters[place] != "-"}
        for place, role in enumerate(ROLES)
    }


def reaches_as_written() -> dict[str, dict[str, str]]:
    """Role, permission, reach."""
    return _by_role(PERMISSIONS)


def opens_as_written() -> dict[str, dict[str, str]]:
    """Role, sealed group, reach."""
    return _by_role(GROUPS)
