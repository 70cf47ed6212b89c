"""Documents from hand to hand: handed in, listed, opened, described, removed, each for whom it is meant."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlmodel import col

from app.access.sights import OPERATOR
from app.audit.model import AuditEvent
from app.documents.model import Document
from app.web import uploads
from tests.documents.files import GOOD, docx, hand_in, pdf
from tests.story import Story, said
from tests.world import Person, World, key

NAME = "Kanarienvogel aviso.pdf"


@pytest.fixture
def story(world: World) -> Story:
    """A case with its attorney, made of an application."""
    return Story(world).begin().apply().accept().assign()


@pytest.fixture
def alone(one: World) -> Story:
    """The same on SQLite alone, for what the database has no part in."""
    return Story(one).begin().apply().accept().assign()


def added(person: Person, case: str, data: bytes = b"", name: str = NAME, **fields: Any) -> Any:
    return said(hand_in(person, f"/cases/{case}", name, data or pdf(), **fields), 201)


def kept(world: World) -> list[Path]:
    """Every file of the store."""
    return [each for each in world.services.settings.files.folder.rglob("*") if each.is_file()]


def test_a_paper_from_hand_to_hand(world: World, story: Story) -> None:
    attorney = world.attorney
    made = added(attorney, story.case, kind="court_notice", dated_on="2026-10-01", description="Hearing moved")
    assert made["name"] == NAME
    assert (made["state"], made["scan"], made["previews"]) == ("ready", "off", 2)
    found = said(attorney.get(f"/cases/{story.case}/documents"))["items"]
    assert found == [made]
    one = attorney.get(f"/documents/{made['id']}")
    assert one.headers["ETag"] == '"1"'
    answer = attorney.get(f"/documents/{made['id']}/content?version=original")
    with pikepdf.open(io.BytesIO(answer.content)) as paper:
        assert str(paper.docinfo["/Author"]) == "Kanarienvogel"
    clean = attorney.get(f"/documents/{made['id']}/content")
    with pikepdf.open(io.BytesIO(clean.content)) as paper:
        assert len(paper.pages) == 2
        assert not paper.docinfo.keys()
    picture = attorney.get(f"/documents/{made['id']}/preview?page=2")
    assert picture.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).width <= 1_000
    assert attorney.get(f"/documents/{made['id']}/preview?page=3").status_code == 404
    path = f"/documents/{made['id']}"
    changed = said(attorney.patch(path, json={"description": "x", "kind": "evidence"}, headers={"If-Match": '"1"'}))
    assert (changed["description"], changed["kind"], changed["dated_on"]) == ("x", "evidence", "2026-10-01")
    assert attorney.patch(path, json={"kind": "other"}, headers={"If-Match": '"1"'}).status_code == 412
    assert attorney.request("DELETE", path, json={}).status_code == 422
    assert attorney.request("DELETE", path, json={"reason": "twice"}).status_code == 204
    assert attorney.get(path).status_code == 404
    assert attorney.get(f"{path}/content").status_code == 404
    assert said(attorney.get(f"/cases/{story.case}/documents"))["items"] == []


def test_headers_of_a_file(one: World, alone: Story) -> None:
    made = added(one.attorney, alone.case, name="Ñandú aviso.pdf")
    answer = one.attorney.get(f"/documents/{made['id']}/content")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"document.pdf\"; filename*=UTF-8''%C3%91and%C3%BA%20aviso.pdf"
    )
    wanted = {
        "Content-Type": "application/pdf",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Content-Length": str(len(answer.content)),
    }
    assert {each: answer.headers[each] for each in wanted} == wanted


def test_each_kind_is_taken(one: World, alone: Story) -> None:
    for ending in GOOD:
        made = added(one.attorney, alone.case, GOOD[ending], f"x.{ending}")
        original = one.attorney.get(f"/documents/{made['id']}/content?version=original")
        clean = one.attorney.get(f"/documents/{made['id']}/content")
        assert original.content == GOOD[ending]
        assert clean.status_code == 200
        assert b"Kanarienvogel" not in clean.content


def test_what_is_not_taken_leaves_nothing(one: World, alone: Story) -> None:
    wrong = {
        ("x.zip", docx()): "document.type",
        ("x.pdf", GOOD["png"]): "document.mismatch",
        ("x.pdf", b""): "document.empty",
        ("x", b"text"): "document.type",
        ("x.docx", docx(**{"word__vbaProject.bin": b"x"})): "document.macros",
    }
    for (name, data), code in wrong.items():
        answer = hand_in(one.attorney, f"/cases/{alone.case}", name, data)
        assert answer.status_code == 422, answer.text
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/file", code)]
    answer = hand_in(one.attorney, f"/cases/{alone.case}", "x.pdf", pdf(), kind="nothing", dated_on="soon")
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/kind", "/dated_on"}
    assert kept(one) == []
    assert said(one.attorney.get(f"/cases/{alone.case}/documents"))["items"] == []


def test_the_same_request_twice_is_one_document(world: World, story: Story) -> None:
    headers = key()
    first = said(hand_in(world.attorney, f"/cases/{story.case}", "a.pdf", GOOD["pdf"], headers=headers), 201)
    files = len(kept(world))
    again = said(hand_in(world.attorney, f"/cases/{story.case}", "a.pdf", GOOD["pdf"], headers=headers), 201)
    assert first["id"] == again["id"]
    assert len(kept(world)) == files
    other = hand_in(world.attorney, f"/cases/{story.case}", "a.pdf", pdf(1), headers=headers)
    assert other.json()["errors"][0]["code"] == "idempotency.reused"
    assert len(kept(world)) == files
    keyless = world.attorney.post(
        f"/cases/{story.case}/documents", data={"kind": "other"}, files={"file": ("a.pdf", GOOD["pdf"])}
    )
    assert keyless.status_code == 428


def test_other_shapes_of_a_form(one: World, alone: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/cases/{alone.case}/documents"
    edge = b"--b\r\nContent-Disposition: form-data; name="
    file = edge + b'"file"; filename="a.txt"\r\n\r\nhola\r\n'
    kind = edge + b'"kind"\r\n\r\nother\r\n'
    bodies = {
        "no file": kind + b"--b--\r\n",
        "two files": kind + file + file + b"--b--\r\n",
        "a field after the file": file + kind + b"--b--\r\n",
        "it stops": kind + file,
        "another name": kind + file.replace(b'"file"', b'"other"') + b"--b--\r\n",
        "a field twice": kind + kind + file + b"--b--\r\n",
        "no form": b"hola",
        "a long field": kind.replace(b"other", b"x" * 9_000) + file + b"--b--\r\n",
    }
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    for name, body in bodies.items():
        assert one.attorney.post(path, content=body, headers=headers | key()).status_code == 422, name
    right = one.attorney.post(path, content=kind + file + b"--b--\r\n", headers=headers | key())
    assert right.status_code == 201, right.text
    assert one.attorney.post(path, json={}, headers=key()).status_code == 415
    monkeypatch.setattr(uploads, "_WAIT", 0.01)
    for _ in range(4):
        uploads._TURNS.acquire()
    try:
        busy = one.attorney.post(path, content=kind + file + b"--b--\r\n", headers=headers | key())
    finally:
        for _ in range(4):
            uploads._TURNS.release()
    assert busy.json()["code"] == "busy"


def test_limits(one: World, alone: Story) -> None:
    files = one.services.settings.files
    object.__setattr__(files, "most_bytes", 1 << 20)
    answer = hand_in(one.attorney, f"/cases/{alone.case}", "a.txt", b"a" * ((1 << 20) + 1))
    assert answer.json()["errors"][0]["message"].startswith("The file is larger than 1 MB.")
    assert kept(one) == []
    object.__setattr__(files, "most", 1)
    added(one.attorney, alone.case, GOOD["txt"], "a.txt")
    assert hand_in(one.attorney, f"/cases/{alone.case}", "b.txt", b"b").json()["code"] == "document.too_many"


def test_who_knows_and_who_opens(world: World, story: Story) -> None:
    made = added(world.attorney, story.case, description="Kanarienvogel")
    path = f"/documents/{made['id']}"
    for who in ("partner_admin", "fund_admin", "auditor"):
        person = getattr(world, who)
        seen = said(person.get(path))
        assert seen["name"] is None
        assert seen["description"] is None
        assert (seen["kind"] is None) == (who != "partner_admin")
        assert not seen["may_open"]
        assert person.get(f"{path}/content").status_code == 403
    for who in ("colleague", "attorney2", "intake", "other_intake"):
        person = getattr(world, who)
        assert person.get(path).status_code == 404
        assert person.get(f"{path}/content").status_code == 404
    assert world.admin.get(path).status_code == 403
    wall = {"account_id": str(world.people["attorney"]), "reason": "other", "text": "x"}
    said(world.fund_admin.post(f"/cases/{story.case}/walls", json=wall), 201)
    for each in (path, f"{path}/content", f"{path}/preview", f"/cases/{story.case}/documents"):
        assert world.attorney.get(each).status_code == 404


def test_what_came_with_an_application_goes_on_with_the_case(world: World) -> None:
    story = Story(world).begin().apply()
    path = f"/applications/{story.application}"
    made = said(hand_in(world.intake, path, "id.png", GOOD["png"], kind="identification"), 201)
    privileged = hand_in(world.intake, path, "id.png", GOOD["png"], privileged="true")
    assert privileged.json()["code"] == "document.no_case"
    assert world.intake_colleague.get(f"/documents/{made['id']}/content").status_code == 200
    assert world.other_intake.get(f"/documents/{made['id']}").status_code == 404
    story.accept().assign()
    assert world.attorney.get(f"/documents/{made['id']}/content").status_code == 200
    listed = said(world.attorney.get(f"/cases/{story.case}/documents"))["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    seen = said(world.intake.get(f"{path}/documents"))["items"]
    assert [(each["name"], each["may_open"], each["may_change"]) for each in seen] == [(None, False, False)]
    assert world.intake.get(f"/documents/{made['id']}/content").status_code == 404
    assert hand_in(world.intake, path, "id.png", GOOD["png"]).status_code == 404
    added(world.attorney, story.case)
    assert len(said(world.intake.get(f"{path}/documents"))["items"]) == 1


def test_the_key_is_the_persons_or_the_cases(one: World, alone: Story) -> None:
    plain, privileged = added(one.attorney, alone.case), added(one.attorney, alone.case, privileged="true")
    with one.act_as("auditor", sight=OPERATOR) as work:
        work.decided = True
        rows = {str(row.id): row for row in work.session.execute(select(Document.__table__))}  # type: ignore[attr-defined]
    assert str(rows[plain["id"]].subject_id) == alone.applicant
    assert str(rows[privileged["id"]].subject_id) == alone.case
    assert one.attorney.get(f"/documents/{privileged['id']}/content").status_code == 200


def test_changed_on_the_disk_it_does_not_open(one: World, alone: Story) -> None:
    made = added(one.attorney, alone.case)
    file = next(each for each in kept(one) if each.name.endswith(".clean"))
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    answer = one.attorney.get(f"/documents/{made['id']}/content")
    assert (answer.status_code, answer.json()["code"]) == (500, "record.integrity")
    file.unlink()
    assert one.attorney.get(f"/documents/{made['id']}/content").status_code == 500
    assert one.attorney.get(f"/documents/{made['id']}/content?version=original").status_code == 200


def test_each_opening_is_on_record(one: World, alone: Story) -> None:
    made = added(one.attorney, alone.case)
    one.attorney.get(f"/documents/{made['id']}/content?version=original")
    one.attorney.get(f"/documents/{made['id']}/preview")
    with one.act_as("auditor", sight=OPERATOR) as work:
        work.decided = True
        events = select(col(AuditEvent.action), col(AuditEvent.details))
        found = work.session.execute(events.where(col(AuditEvent.action).startswith("document."))).all()
    actions = [row.action for row in found]
    assert sorted(set(actions)) == ["document.added", "document.opened", "document.previewed", "document.read"]
    assert any("original" in str(row.details) for row in found)


def test_nothing_of_it_stands_in_clear(one: World, alone: Story, tmp_path: Path) -> None:
    letter = b"Kanarienvogel " * 20_000
    made = added(one.attorney, alone.case, letter, "Kanarienvogel.txt", description="Kanarienvogel")
    assert one.attorney.get(f"/documents/{made['id']}/content").content == letter
    for each in tmp_path.rglob("*"):
        if each.is_file():
            assert b"Kanarienvogel" not in each.read_bytes(), each
    with one.act_as("auditor", sight=OPERATOR) as work:
        work.decided = True
        row = work.session.execute(select(Document.__table__)).one()  # type: ignore[attr-defined]
        assert "Kanarienvogel" not in str(row)
        assert work.session.execute(text("SELECT count(*) FROM document")).scalar() == 1


def test_no_such_owner(one: World, alone: Story) -> None:
    for path in (f"/cases/{uuid4()}", "/cases/x"):
        assert hand_in(one.attorney, path, "a.txt", b"a").status_code == 404
    assert hand_in(one.colleague, f"/cases/{alone.case}", "a.txt", b"a").status_code == 404
    assert hand_in(one.partner_admin, f"/cases/{alone.case}", "a.txt", b"a").status_code == 403
    assert kept(one) == []
