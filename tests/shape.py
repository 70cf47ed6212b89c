"""The rules of the house that import order alone can not say, each a function from one source file to complaints."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

#: Rooms that carry the others, and the demo, which stands on all of them. They have file names of their own; every
#: other folder under app/ is a domain.
PLATFORM = frozenset({"access", "cli", "crypto", "demo", "rows", "web"})
DOMAIN_NAMES = frozenset({"__init__", "rules", "model", "scope", "reads", "actions", "api", "pages"})
MORE_NAMES = {
    "reports": frozenset({"sheets"}),
    "audit": frozenset({"sealing", "verifying"}),
    "single_sign_on": frozenset({"provider"}),
    "documents": frozenset({"checking", "storing"}),
}
#: Folders in a domain that hold no Python: pages' templates, and dated reference data.
DATA_FOLDERS = frozenset({"templates", "data"})
FORBIDDEN_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "core", "constants", "misc", "schemas", "types"}
)

#: Who may end a transaction, and why. Everybody else leaves it to the door.
COMMITS = {
    "app/web/": "the door commits once, before the answer leaves",
    "app/audit/sealing": "seals are made after the fact, in transactions of their own",
    "app/machine.py": "the command's Work: a door without HTTP",
    "app/demo/": "two years are made in one transaction, so that an interrupted making leaves nothing",
    "app/crypto/": "a key is kept, in a transaction of the keystore's own, before anything is sealed with it",
    "migrations/": "each is one transaction",
    "app/db.py": "it is where the transactions of both engines are made",
}

#: Who may import by name, and why.
BY_NAME = {"app/tables.py": "it finds every room's tables, so that no migration forgets one"}

#: Rooms that write the tables of a platform room, and why.
WRITES_FOR = {
    "clients": frozenset({"access"}),  # a program's account and tokens, for the same reason
    "staff": frozenset({"access"}),  # accounts and sessions stand low, where scopes need them; their verbs are staff's
    "authenticators": frozenset({"access"}),  # sessions end, and a link begins, where ways to sign in change
}

#: Where text is made that templates trust, and why.
MARKUP = {
    "app/web/templating.py": "fragments that are rendered once, of words from this program alone",
    "app/authenticators/pages.py": "the picture of a code to be scanned, drawn here",
}

#: Where names of tables are put into statements: definitions of the schema, from names that stand in the same file.
SCHEMA = ("app/crypto/schema.py", "migrations/")

_IMPURE = frozenset(
    "os pathlib io socket ssl subprocess random secrets time sqlite3 threading multiprocessing asyncio logging urllib "
    "http tempfile shutil importlib inspect pickle".split()
)
_PURE_APP = re.compile(r"app\.(\w+\.rules(\.\w+)*|money|errors|reference|access\.grants|crypto\.groups)$")
#: Libraries of pure functions over data of their own, fit for rules.
_PURE_LIBRARIES = frozenset({"phonenumbers"})
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
_SQL_CALLS = frozenset({"select", "insert", "update", "delete", "text", "exists", "union", "union_all"})
_ENTITY_METHODS = frozenset({"get", "get_one", "query", "merge", "refresh"})


@dataclass(frozen=True)
class Source:
    """A Python file: where it stands, with forward slashes from the repository's root, and what is in it."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str | None:
        """The folder under app/ that this file stands in; None for a file that stands directly in app/ or elsewhere."""
        parts = PurePosixPath(self.path).parts
        return parts[1] if parts[0] == "app" and len(parts) > 2 else None

    @property
    def role(self) -> str | None:
        """Which of the seven names this file goes by in its domain: ``actions`` for actions.py and actions/close.py."""
        if self.room is None or self.room in PLATFORM:
            return None
        return PurePosixPath(self.path).parts[2].removesuffix(".py")

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


Complaints = Iterator[str]
Rule = Callable[[Source], Complaints]


def _at(source: Source, node: ast.AST, what: str) -> str:
    return f"{source.path}:{getattr(node, 'lineno', 1)}: {what}"


def _name(node: ast.AST) -> str:
    """The last word of a name: ``session`` for session, work.session and self.work.session."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _built(node: ast.AST) -> bool:
    """Whether a string is put together at run time; adding up literals is still a literal."""
    if isinstance(node, ast.BinOp):
        return not all(isinstance(part, ast.Constant | ast.BinOp | ast.operator) for part in ast.walk(node))
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and _name(node.func) == "format")


def imports_stand_at_the_top(source: Source) -> Complaints:
    """An import inside a function, a condition or by name hides a dependency from the import order."""
    hidden = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.Try)
    for outer in ast.walk(source.tree):
        if isinstance(outer, hidden):
            for node in ast.walk(outer):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield _at(source, node, "an import that does not stand at the top of the file")
        if (
            isinstance(outer, ast.Call)
            and _name(outer.func) in ("import_module", "__import__")
            and source.path not in BY_NAME
        ):
            yield _at(source, outer, "an import by name")


def files_have_agreed_names(source: Source) -> Complaints:
    """Seven names in a domain; nowhere a drawer for things without a place."""
    path = PurePosixPath(source.path)
    words = {part.removesuffix(".py") for part in path.parts}
    if found := words & FORBIDDEN_NAMES:
        yield _at(source, source.tree, f"{', '.join(sorted(found))} says nothing about what stands in it")
    if path.parts[0] == "app" and re.search(r"\d$", path.stem):
        yield _at(source, source.tree, "a second file of the same name: make a folder split by verb")
    if source.role is not None and source.role not in DOMAIN_NAMES | MORE_NAMES.get(source.room or "", frozenset()):
        yield _at(source, source.tree, f"{source.role} is none of the seven names of a domain")


def doors_hold_no_sql(source: Source) -> Complaints:
    """A door calls one read or one action; pages only read, and are only got."""
    if source.role not in ("api", "pages"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("session", "vault", "execute"):
            yield _at(source, node, f"a door that reaches for .{node.attr}")
    for call in source.calls():
        if isinstance(call.func, ast.Name) and call.func.id in _SQL_CALLS:
            yield _at(source, call, f"{call.func.id}() in a door")
        verb = isinstance(call.func, ast.Attribute) and _name(call.func.value) in ("door", "router") and call.func.attr
        if source.role == "pages" and verb in ("post", "put", "patch", "delete"):
            yield _at(source, call, f"a page that is sent a {verb}: the browser's forms speak to the API")


def rows_are_reached_through_their_scope(source: Source) -> Complaints:
    """session.get and its like step round the condition that says which rows an actor may see."""
    for call in source.calls():
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in _ENTITY_METHODS
            and _name(call.func.value) == "session"
        ):
            yield _at(source, call, f"session.{call.func.attr}() steps round the scope")


def the_door_commits(source: Source) -> Complaints:
    """One commit, before the answer leaves; the exceptions are listed with their reasons."""
    if any(source.path.startswith(place) for place in COMMITS):
        return
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("begin", "commit", "rollback", "writing"):
            yield _at(source, call, f"{call.func.attr}() outside the door")


def nothing_opens_on_load(source: Source) -> Complaints:
    """A column type or a load event that decrypts would open a field without anybody asking."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and source.path != "app/db.py":
            bases = {_name(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases}
            if bases & {"TypeDecorator", "UserDefinedType"}:
                yield _at(source, node, "a column type outside app/db.py")
    for call in source.calls():
        names = {arg.value for arg in call.args if isinstance(arg, ast.Constant)}
        if _name(call.func) in ("listen", "listens_for") and names & {"load", "refresh"}:
            yield _at(source, call, "an event that runs when a row is loaded")


def uploads_touch_no_disk(source: Source) -> Complaints:
    """What a browser uploads is spooled to a temporary file in clear by the usual ways of reading it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.alias) and node.name in ("UploadFile", "File", "SpooledTemporaryFile", "tempfile"):
            yield _at(source, node, f"{node.name}: a body is read as a stream")
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr == "form" and _name(call.func.value) == "request":
            yield _at(source, call, "request.form() spools what is large")


def markup_has_its_place(source: Source) -> Complaints:
    """Text that templates trust is made where it can be seen at one look that everything in it was escaped."""
    for call in source.calls():
        # A literal holds nobody's words; what is put into it by format() is escaped.
        given = [arg for arg in call.args if not isinstance(arg, ast.Constant)]
        if _name(call.func) == "Markup" and given and source.path not in MARKUP:
            yield _at(source, call, "text that a template will not escape")


def sealing_has_its_places(source: Source) -> Complaints:
    """Sealed fields open in reads and are sealed in actions, and nowhere else in a domain."""
    places = {"open": "reads", "seal": "actions"}
    for call in source.calls():
        if not isinstance(call.func, ast.Attribute) or _name(call.func.value) not in ("vault", "_vault"):
            continue
        place = places.get(call.func.attr)
        if place and source.role is not None and source.role != place:
            yield _at(source, call, f"vault.{call.func.attr}() outside {place}")


def tables_show_no_value(source: Source) -> Complaints:
    """Rows end up in logs and tracebacks, so every table has the one repr that shows none of its values."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        table = any(word.arg == "table" and getattr(word.value, "value", False) for word in node.keywords)
        if table and [_name(base) for base in node.bases] != ["Table"]:
            yield _at(source, node, f"the table {node.name} does not derive from app.db.Table alone")
        own = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
        if table and own & {"__repr__", "__str__", "__repr_args__", "__format__"}:
            yield _at(source, node, f"the table {node.name} has a repr of its own")


def models_are_plain(source: Source) -> Complaints:
    """Postponed annotations break the mapping; relationships load rows that nobody asked for."""
    if source.role != "model" and not source.path.endswith("/model.py"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield _at(source, node, "postponed annotations in a model")
        if isinstance(node, ast.Call) and _name(node.func) in ("Relationship", "relationship"):
            yield _at(source, node, "a relationship: reads join in SQL")


def messages_are_constant(source: Source) -> Complaints:
    """What is logged or sent as SQL stands in the source; values travel beside it, where they can be left out."""
    for call in source.calls():
        name, first = _name(call.func), call.args[0] if call.args else None
        if first is None or not _built(first):
            continue
        if name in ("text", "exec_driver_sql") and not source.path.startswith(SCHEMA):
            yield _at(source, call, f"SQL for {name}() that is put together at run time")
        if isinstance(call.func, ast.Attribute) and name in _LOG_METHODS and "log" in _name(call.func.value).lower():
            yield _at(source, call, "a log message that is put together at run time")


def rules_are_pure(source: Source) -> Complaints:
    """Rules are functions of values: the standard library without the outside world, and other rules."""
    if source.role != "rules":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module] if node.module != "app" else [f"app.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            top = module.partition(".")[0]
            pure = (
                _PURE_APP.match(module)
                if top == "app"
                else top in (sys.stdlib_module_names - _IMPURE) | _PURE_LIBRARIES
            )
            if not pure:
                yield _at(source, node, f"{module} in rules")
    for call in source.calls():
        if _name(call.func) in ("now", "today", "utcnow", "open"):
            yield _at(source, call, f"{_name(call.func)}() in rules: the moment and the data are handed in")


def rooms_write_their_own_tables(source: Source) -> Complaints:
    """Another domain's rows change only through that domain's action."""
    if source.room is None:
        return
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and re.match(r"app\.\w+\.model\b", node.module or "")
        if (node.module or "").split(".")[1] not in {source.room, *WRITES_FOR.get(source.room, ())}
        for alias in node.names
    }
    for call in source.calls():
        if _name(call.func) in ("insert", "update", "delete") and call.args and _name(call.args[0]) in foreign:
            yield _at(source, call, f"{_name(call.func)}({_name(call.args[0])}): the table of another room")


def exceptions_are_explained(source: Source) -> Complaints:
    """A checker is silenced by name and with a reason, or not at all."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type != tokenize.COMMENT or not re.search(r"#\s*(noqa|type:\s*ignore|pragma)", token.string):
            continue
        if not re.search(r"(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|ignore\[[\w, -]+\])\W+\w+\W+\w+", token.string):
            yield f"{source.path}:{token.start[0]}: a checker is silenced without a code or a reason"


def files_can_be_read_in_one_sitting(source: Source) -> Complaints:
    """At most 300 lines; a migration is a list that nobody reads in one sitting."""
    if source.path.startswith("migrations/"):
        return
    if (lines := source.text.count("\n")) > 300:
        yield _at(source, source.tree, f"{lines} lines: split it by verb")


RULES: tuple[Rule, ...] = (
    imports_stand_at_the_top,
    files_have_agreed_names,
    doors_hold_no_sql,
    rows_are_reached_through_their_scope,
    the_door_commits,
    nothing_opens_on_load,
    uploads_touch_no_disk,
    markup_has_its_place,
    sealing_has_its_places,
    tables_show_no_value,
    models_are_plain,
    messages_are_constant,
    rules_are_pure,
    rooms_write_their_own_tables,
    exceptions_are_explained,
    files_can_be_read_in_one_sitting,
)
