"""Every room's tables, found by the name of their file, so that no migration can forget a new room.

Only migrations and tests import this; a room imports the models it needs by name.
"""

import importlib
import importlib.util
import pkgutil

import app


def load_all() -> list[str]:
    """Import every ``model.py`` (and ``once.py``, which keeps a table of its own) and give the modules' names."""
    names = [f"app.{room.name}.model" for room in pkgutil.iter_modules(app.__path__) if room.ispkg]
    found = [name for name in names if importlib.util.find_spec(name) is not None]
    for name in (*found, "app.once"):
        importlib.import_module(name)
    return found
