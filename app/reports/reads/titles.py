"""What a report is called, in the reader's language."""

from app.reports.reads.question import Question
from app.web.i18n import N_, say
from app.web.labels import VALUES


def title_of(language: str, question: Question) -> str:
    """``Disbursements by fund and category``."""
    names = [say(language, VALUES["group_by"][grouping].text).lower() for grouping in question.group_by]
    if not names:
        return say(language, N_("Disbursements"))
    if len(names) == 1:
        return say(language, N_("Disbursements by {group}"), {"group": names[0]})
    joined = {"groups": ", ".join(names[:-1]), "last": names[-1]}
    return say(language, N_("Disbursements by {groups} and {last}"), joined)
