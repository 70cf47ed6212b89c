"""The access matrix, written by hand from the design and never from the grants it checks.

A row is one operation on one group of fields. For each role it says what comes of it in each relation, in the order of
``matters.RELATIONS``: assigned, own organization, other organization, walled, ended.

    o  the sealed value is opened, or the row is there with what the row asks for
    r  reached: the verb is admitted to the record (and refuses the senseless body that the test sends)
    m  the record is there and what the row asks for is masked
    4  404, or not in the list: as if it did not exist
    3  403: the role may not do this at all, or not open this group
"""

ROLES = ("intake", "attorney", "partner", "fund", "auditor", "system")

_ALL_REFUSED = "33333"

#: row -> outcomes by role, in the order of ROLES.
EXPECTED: dict[str, tuple[str, str, str, str, str, str]] = {
    # 1-3, 5, 7, 9: sealed groups of a client whose case is at a partner; the desk's reach ended with the disposition
    "reveal identity": ("44444", "o4444", *[_ALL_REFUSED] * 4),
    "reveal contact": ("44444", "o4444", *[_ALL_REFUSED] * 4),
    "reveal immigration": ("44444", "o4444", *[_ALL_REFUSED] * 4),
    "reveal finances": ("44444", "o4444", *[_ALL_REFUSED] * 4),
    "reveal criminal_history": ("44444", "o4444", *[_ALL_REFUSED] * 4),
    "reveal notes": ("44444", "o4444", *[_ALL_REFUSED] * 4),
    # the same while the application is open at the intake desk; criminal history is taken there and never read again
    "desk identity": ("oo444", "44444", *[_ALL_REFUSED] * 4),
    "desk contact": ("oo444", "44444", *[_ALL_REFUSED] * 4),
    "desk immigration": ("oo444", "44444", *[_ALL_REFUSED] * 4),
    "desk finances": ("oo444", "44444", *[_ALL_REFUSED] * 4),
    "desk criminal_history": ("33444", "44444", *[_ALL_REFUSED] * 4),
    "desk notes": ("oo444", "44444", *[_ALL_REFUSED] * 4),
    "search client": ("44444", "o4444", *[_ALL_REFUSED] * 4),
    "search applicant": ("oo444", "44444", *[_ALL_REFUSED] * 4),
    # emergency: groups 1-3, one's own opening, never through a wall (the walled and the ended are somebody else's)
    "emergency identity": (*[_ALL_REFUSED] * 3, "ooo43", _ALL_REFUSED, _ALL_REFUSED),
    "emergency contact": (*[_ALL_REFUSED] * 3, "ooo43", _ALL_REFUSED, _ALL_REFUSED),
    "emergency immigration": (*[_ALL_REFUSED] * 3, "ooo43", _ALL_REFUSED, _ALL_REFUSED),
    "emergency notice": ("33333", "o4444", "33333", "ooo4o", "ooo4o", "33333"),
    "emergency review": (*[_ALL_REFUSED] * 3, "rrr4r", _ALL_REFUSED, _ALL_REFUSED),
    # the application
    "application": ("oo44m", *[_ALL_REFUSED] * 5),
    "application in list": ("oo44m", *[_ALL_REFUSED] * 5),
    "application receipt": ("rr44r", *[_ALL_REFUSED] * 5),
    "application change": ("rr44r", *[_ALL_REFUSED] * 5),
    "application submit": ("rr44r", *[_ALL_REFUSED] * 5),
    "application screen": ("rr44r", *[_ALL_REFUSED] * 5),
    "application accept": ("rr44r", *[_ALL_REFUSED] * 5),
    "application decline": ("rr44r", *[_ALL_REFUSED] * 5),
    "application override": ("rr44r", *[_ALL_REFUSED] * 5),
    # 14 conflicts: run by the desk, reviewed there and by the fund
    "conflict run": ("rr44r", *[_ALL_REFUSED] * 5),
    "conflict check": ("rr44r", "33333", "33333", "rrr4r", "33333", "33333"),
    "conflict resolve": ("rr44r", "33333", "33333", "rrr4r", "33333", "33333"),
    # 6 the case: its reference, its facts, who it is about, what was written
    "case": ("33333", "r4444", "rr44r", "rrr4r", "rrr4r", "33333"),
    "case in list": ("33333", "o4444", "oo44o", "ooo4o", "ooo4o", "33333"),
    "case facts": ("33333", "o4444", "oo44o", "mmm4m", "mmm4m", "33333"),
    "case identity": ("33333", "o4444", "mm44m", "mmm4m", "mmm4m", "33333"),
    "case contact": ("33333", "o4444", "mm44m", "mmm4m", "mmm4m", "33333"),
    "case notes": ("33333", "o4444", "mm44m", "mmm4m", "mmm4m", "33333"),
    "case timeline": ("33333", "r4444", "rr44r", "rrr4r", "rrr4r", "33333"),
    "case change": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    "case close": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    "case access": ("33333", "r4444", "rr44r", "rrr4r", "rrr4r", "33333"),
    "case funds": ("33333", "r4444", "rr44r", "33333", "33333", "33333"),
    "hearing add": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    "hearing cancel": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    "deadline add": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    "deadline complete": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    "calendar": ("33333", "o4444", "oo44o", "33333", "33333", "33333"),
    # 7 privileged notes
    "note add": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    "notes": ("33333", "r4444", *[_ALL_REFUSED] * 4),
    # who works on it, who may not, who helps
    "assignment offer": ("33333", "33333", "rr44r", "33333", "33333", "33333"),
    "assignment end": ("33333", "r444r", "rr44r", "33333", "33333", "33333"),
    "assignment accept": ("33333", "r444r", "33333", "33333", "33333", "33333"),
    "help": ("33333", "r4444", "rr44r", "33333", "33333", "33333"),
    "walls": ("33333", "33333", "rr44r", "rrr4r", "rrr4r", "33333"),
    "wall": ("33333", "33333", "rr44r", "rrr4r", "33333", "33333"),
    # 10 awards
    "award": ("33333", "r4444", "rr44r", "rrr4r", "rrr4r", "33333"),
    "award in list": ("33333", "o4444", "oo44o", "ooo4o", "ooo4o", "33333"),
    "award parts": ("33333", "r4444", "rr44r", "rrr4r", "rrr4r", "33333"),
    "award request": ("33333", "r4444", "rr44r", "33333", "33333", "33333"),
    "award approve": (*[_ALL_REFUSED] * 3, "rrr4r", _ALL_REFUSED, _ALL_REFUSED),
    "award reject": (*[_ALL_REFUSED] * 3, "rrr4r", _ALL_REFUSED, _ALL_REFUSED),
    "award close": (*[_ALL_REFUSED] * 3, "rrr4r", _ALL_REFUSED, _ALL_REFUSED),
    # 11-12 payees and payments; a memo is of those who work on the case
    "disbursement": ("33333", "r4444", "rr44r", "rrr4r", "rrr4r", "33333"),
    "disbursement memo": ("33333", "o4444", "mm44m", "mmm4m", "mmm4m", "33333"),
    "disbursement in list": ("33333", "o4444", "oo44o", "ooo4o", "ooo4o", "33333"),
    "disbursement create": ("33333", "r4444", "rr44r", "33333", "33333", "33333"),
    "disbursement submit": ("33333", "r4444", "rr44r", "33333", "33333", "33333"),
    "disbursement approve": (*[_ALL_REFUSED] * 3, "rrr4r", _ALL_REFUSED, _ALL_REFUSED),
    "disbursement release": (*[_ALL_REFUSED] * 3, "rrr4r", _ALL_REFUSED, _ALL_REFUSED),
    "disbursement settle": (*[_ALL_REFUSED] * 3, "rrr4r", _ALL_REFUSED, _ALL_REFUSED),
    "payee": ("33333", "rr4rr", "rr4rr", "rrrrr", "rrrrr", "33333"),
}
