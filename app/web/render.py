"""Pages: a template, the person who reads it, and the view it shows.

``render("cases/status.html", reader, case=case)`` finds ``app/cases/templates/status.html``. Templates see only what
they are handed; a name that is not there is an error, never an empty space.
"""

from dataclasses import dataclass

from app.web import formats
from app.web.templating import environment, reading_in


@dataclass(frozen=True, slots=True)
class Reader:
    """The person a page is for. ``name`` is empty when nobody is signed in; ``path`` is the page's, without query.

    ``theme`` is light, dark, or empty for what the reader's system wishes.
    """

    language: str = "en"
    time_zone: str = "America/Denver"
    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()
    partner: str | None = None
    path: str = "/"
    demo: bool = False
    #: A password alone lets in here, as it does nowhere else: said on every page of a demonstration.
    easy: bool = False
    #: What this person must be told until they have read it: a word of `Account.notice`.
    notice: str = ""
    theme: str = ""
    #: Signed in with the account of an organization, where this person can prove again who they are.
    by_organization: bool = False

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``: which way the reader's language is written."""
        return formats.locale_of(self.language).text_direction

    @property
    def signed_in(self) -> bool:
        return bool(self.name)


def render(template: str, reader: Reader, **view: object) -> str:
    """The finished page. ``template`` is ``"<room>/<file>"``.

    Raises jinja2.TemplateNotFound for a template that is not there, jinja2.UndefinedError for a name not in ``view``.
    """
    token = reading_in.set(reader.time_zone)
    try:
        return environment(reader.language).get_template(template).render(view, reader=reader)
    finally:
        reading_in.reset(token)
