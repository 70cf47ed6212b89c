"""How long secrets and tokens live, and how many there may be. Standard library and grants only."""

from datetime import timedelta
from typing import Final

from app.access.grants import Role

#: A program's token: short, because whoever has it needs nothing else.
TOKEN_LIFE: Final = timedelta(minutes=10)
#: Two secrets are good at once, so that a program can be given the new one before the old one ends.
LIVE_SECRETS: Final = 2
LONGEST_SECRET_DAYS: Final = 366
#: A token of a person's own, and how many one person keeps at once.
LONGEST_TOKEN_DAYS: Final = 90
MOST_TOKENS: Final = 20

#: The roles whose rights a program may be given a part of. An attorney's reach what is assigned to a person, and a
#: system administrator's manage people: neither is for a program.
ROLES: Final = (Role.INTAKE_WORKER, Role.PARTNER_ADMINISTRATOR, Role.FUND_ADMINISTRATOR, Role.AUDITOR)
