"""The access matrix, written by hand from the design and never from the grants it checks.

A row is one operation on one group of fields. For each role it says what comes of it in each relation, in the order of
``matters.RELATIONS``: assigned, own organization, other organization, walled, ended, held, erased.

    o  the sealed value is opened, or the row is there with what the row asks for
    r  reached: the verb is admitted to the record (and refuses the senseless body that the test sends)
    m  the record is there and what the row asks for is masked
    4  404, or not in the list: as if it did not exist
    3  403: the role may not do this at all, or not open this group
"""

ROLES = ("intake", "attorney", "partner", "fund", "auditor", "system")

REFUSED = "3" * 7

#: row -> outcomes by role, in the order of ROLES.
#: A hold changes nothing for those who work: it only stops the erasing. Who was erased is there for nobody; the money's
#: people keep what was paid, by reference.
EXPECTED: dict[str, tuple[str, ...]] = {
    # 1-3, 5, 7, 9: sealed groups of a client whose case is at a partner; the desk's reach ended with the disposition
    "reveal identity": ("4444444", "o4444o4", *[REFUSED] * 4),
    "reveal contact": ("4444444", "o4444o4", *[REFUSED] * 4),
    "reveal immigration": ("4444444", "o4444o4", *[REFUSED] * 4),
    "reveal finances": ("4444444", "o4444o4", *[REFUSED] * 4),
    "reveal criminal_history": ("4444444", "o4444o4", *[REFUSED] * 4),
    "reveal notes": ("4444444", "o4444o4", *[REFUSED] * 4),
    # the same while the application is open at the intake desk; criminal history is taken there and never read again
    "desk identity": ("oo444o4", "4444444", *[REFUSED] * 4),
    "desk contact": ("oo444o4", "4444444", *[REFUSED] * 4),
    "desk immigration": ("oo444o4", "4444444", *[REFUSED] * 4),
    "desk finances": ("oo444o4", "4444444", *[REFUSED] * 4),
    "desk criminal_history": ("3344434", "4444444", *[REFUSED] * 4),
    "desk notes": ("oo444o4", "4444444", *[REFUSED] * 4),
    "search client": ("4444444", "o4444o4", *[REFUSED] * 4),
    "search applicant": ("oo444o4", "4444444", *[REFUSED] * 4),
    # emergency: groups 1-3, one's own opening, never through a wall (from the walled on they are somebody else's)
    "emergency identity": (*[REFUSED] * 3, "ooo4333", REFUSED, REFUSED),
    "emergency contact": (*[REFUSED] * 3, "ooo4333", REFUSED, REFUSED),
    "emergency immigration": (*[REFUSED] * 3, "ooo4333", REFUSED, REFUSED),
    "emergency notice": (REFUSED, "o4444o4", REFUSED, "ooo4ooo", "ooo4ooo", REFUSED),
    "emergency review": (*[REFUSED] * 3, "rrr4rrr", REFUSED, REFUSED),
    # the application
    "application": ("oo44mo4", *[REFUSED] * 5),
    "application in list": ("oo44mo4", *[REFUSED] * 5),
    "application receipt": ("rr44rr4", *[REFUSED] * 5),
    "application change": ("rr44rr4", *[REFUSED] * 5),
    "application submit": ("rr44rr4", *[REFUSED] * 5),
    "application screen": ("rr44rr4", *[REFUSED] * 5),
    "application accept": ("rr44rr4", *[REFUSED] * 5),
    "application decline": ("rr44rr4", *[REFUSED] * 5),
    "application override": ("rr44rr4", *[REFUSED] * 5),
    # 14 conflicts: run by the desk, reviewed there and by the fund
    "conflict run": ("rr44rr4", *[REFUSED] * 5),
    "conflict check": ("rr44rr4", REFUSED, REFUSED, "rrr4rr4", REFUSED, REFUSED),
    "conflict resolve": ("rr44rr4", REFUSED, REFUSED, "rrr4rr4", REFUSED, REFUSED),
    # 6 the case: its reference, its facts, who it is about, what was written
    "case": (REFUSED, "r4444r4", "rr44rr4", "rrr4rrr", "rrr4rrr", REFUSED),
    "case in list": (REFUSED, "o4444o4", "oo44oo4", "ooo4ooo", "ooo4ooo", REFUSED),
    "case facts": (REFUSED, "o4444o4", "oo44oo4", "mmm4mmm", "mmm4mmm", REFUSED),
    "case identity": (REFUSED, "o4444o4", "mm44mm4", "mmm4mmm", "mmm4mmm", REFUSED),
    "case contact": (REFUSED, "o4444o4", "mm44mm4", "mmm4mmm", "mmm4mmm", REFUSED),
    "case notes": (REFUSED, "o4444o4", "mm44mm4", "mmm4mmm", "mmm4mmm", REFUSED),
    "case timeline": (REFUSED, "r4444r4", "rr44rr4", "rrr4rrr", "rrr4rrr", REFUSED),
    "case change": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "case close": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "case access": (REFUSED, "r4444r4", "rr44rr4", "rrr4rrr", "rrr4rrr", REFUSED),
    "case funds": (REFUSED, "r4444r4", "rr44rr4", *[REFUSED] * 3),
    "hearing add": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "hearing cancel": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "deadline add": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "deadline complete": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "calendar": (REFUSED, "o4444o4", "oo44oo4", *[REFUSED] * 3),
    # 7 privileged notes
    "note add": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "notes": (REFUSED, "r4444r4", *[REFUSED] * 4),
    # 8 documents: added to the case, handed in with its application, and lying open on the desk. Who sees the case
    # knows that they are there; what the desk handed in it still sees, whoever helps now, and opens no more.
    "document": ("4444444", "o4444o4", "mm44mm4", "mmm4mm4", "mmm4mm4", REFUSED),
    "document handed in": ("mmm4mm4", "o4444o4", "mm44mm4", "mmm4mm4", "mmm4mm4", REFUSED),
    "document facts": ("4444444", "o4444o4", "oo44oo4", "mmm4mm4", "mmm4mm4", REFUSED),
    "document content": ("4444444", "r4444r4", *[REFUSED] * 4),
    "document handed in content": ("4444444", "r4444r4", *[REFUSED] * 4),
    "document change": ("4444444", "r4444r4", *[REFUSED] * 4),
    "document remove": ("4444444", "r4444r4", *[REFUSED] * 4),
    "document add": (REFUSED, "r4444r4", *[REFUSED] * 4),
    "documents": (REFUSED, "o4444o4", "mm44mm4", "mmm4mm4", "mmm4mm4", REFUSED),
    "desk document": ("oo44mo4", *["4444444"] * 4, REFUSED),
    "desk document content": ("rr444r4", "4444444", *[REFUSED] * 4),
    "desk document change": ("rr444r4", "4444444", *[REFUSED] * 4),
    "desk document add": ("rr444r4", *[REFUSED] * 5),
    "desk documents": ("oo44mo4", *[REFUSED] * 5),
    # who works on it, who may not, who helps
    "assignment offer": (REFUSED, REFUSED, "rr44rr4", *[REFUSED] * 3),
    "assignment end": (REFUSED, "r444rr4", "rr44rr4", *[REFUSED] * 3),
    "assignment accept": (REFUSED, "r444rr4", *[REFUSED] * 4),
    "help": (REFUSED, "r4444r4", "rr44rr4", *[REFUSED] * 3),
    "walls": (REFUSED, REFUSED, "rr44rr4", "rrr4rrr", "rrr4rrr", REFUSED),
    "wall": (REFUSED, REFUSED, "rr44rr4", "rrr4rr4", REFUSED, REFUSED),
    # 10 awards
    "award": (REFUSED, "r4444r4", "rr44rr4", "rrr4rrr", "rrr4rrr", REFUSED),
    "award in list": (REFUSED, "o4444o4", "oo44oo4", "ooo4ooo", "ooo4ooo", REFUSED),
    "award parts": (REFUSED, "r4444r4", "rr44rr4", "rrr4rrr", "rrr4rrr", REFUSED),
    "award request": (REFUSED, "r4444r4", "rr44rr4", *[REFUSED] * 3),
    "award approve": (*[REFUSED] * 3, "rrr4rrr", REFUSED, REFUSED),
    "award reject": (*[REFUSED] * 3, "rrr4rrr", REFUSED, REFUSED),
    "award close": (*[REFUSED] * 3, "rrr4rrr", REFUSED, REFUSED),
    # 11-12 payees and payments; a memo is of those who work on the case
    "disbursement": (REFUSED, "r4444r4", "rr44rr4", "rrr4rrr", "rrr4rrr", REFUSED),
    "disbursement memo": (REFUSED, "o4444o4", "mm44mm4", "mmm4mmm", "mmm4mmm", REFUSED),
    "disbursement in list": (REFUSED, "o4444o4", "oo44oo4", "ooo4ooo", "ooo4ooo", REFUSED),
    "disbursement create": (REFUSED, "r4444r4", "rr44rr4", *[REFUSED] * 3),
    "disbursement submit": (REFUSED, "r4444r4", "rr44rr4", *[REFUSED] * 3),
    "disbursement approve": (*[REFUSED] * 3, "rrr4rrr", REFUSED, REFUSED),
    "disbursement release": (*[REFUSED] * 3, "rrr4rrr", REFUSED, REFUSED),
    "disbursement settle": (*[REFUSED] * 3, "rrr4rrr", REFUSED, REFUSED),
    "payee": (REFUSED, "rr4rrrr", "rr4rrrr", "rrrrrrr", "rrrrrrr", REFUSED),
}
