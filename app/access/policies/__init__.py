"""Row-level security on PostgreSQL: which rows of which table each sight sees and changes. In four parts.

This is the second wall, behind each room's ``scope.py``. It keeps organizations apart, also when a scope was forgotten
or a statement was smuggled in. Which *person* of an organization may see a row stays with the scopes. What is not
here is refused: no policy, no row. ``app/policing.py`` puts the table into the database at each migration.
"""

from app.access.policies import money, organizations, people, record
from app.access.policies.conditions import FUNCTIONS, PARTNER
from app.access.rows import POLICIES, Policy

# Each part declares its tables when it is loaded.
__all__ = ["FUNCTIONS", "PARTNER", "POLICIES", "Policy", "money", "organizations", "people", "record"]
