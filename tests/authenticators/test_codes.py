"""One-time codes and recovery codes: each works once, within its minute, and only beside the password."""

import time
from datetime import timedelta
from typing import Any

import pyotp
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlmodel import col

from app.authenticators.model import AuthenticatorApp, RecoveryCode
from tests.authenticators.hands import sign_in, signed_in
from tests.story import said
from tests.world import PASSWORD, Person, World

NOON = "2026-03-02T12:00:10Z"


def seed_of(person: Person) -> str:
    """The seed as the page shows it."""
    page = BeautifulSoup(person.page("/account/ways/app").text, "html.parser")
    return str(page.select_one("code.long-code").text).replace("-", "").upper()  # type: ignore[union-attr]  # it is there


def with_app(person: Person) -> pyotp.TOTP:
    """Set an app up for somebody; the code of a step ago confirms it, so that the present one is free."""
    said(person.post("/authenticator-app"), 201)
    codes = pyotp.TOTP(seed_of(person))
    now = time.time()
    assert person.post("/authenticator-app/confirm", json={"code": codes.at(now - 30)}).status_code == 204
    return codes


def test_a_code_is_asked_for_after_the_password_and_only_then(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        codes = with_app(signed_in(world, "attorney"))
        needed = sign_in(world, "attorney")
        assert (needed.status_code, needed.json()["code"]) == (401, "sign_in.code_needed")
        wrong = sign_in(world, "attorney", password="not the one at all")
        assert wrong.json()["code"] == "sign_in.wrong"
        wrong = sign_in(world, "attorney", password="not the one at all", code=codes.now())
        assert wrong.json()["code"] == "sign_in.wrong"
        wrong = sign_in(world, "attorney", code="000000")
        assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in.wrong")
        assert sign_in(world, "attorney", code=codes.now()).status_code == 201


def test_a_code_works_once_and_for_its_own_time(world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        codes = with_app(signed_in(world, "attorney"))
        code = codes.now()
        assert sign_in(world, "attorney", code=code).status_code == 201
        assert sign_in(world, "attorney", code=code).status_code == 401, "a second time"
        clock.shift(timedelta(seconds=30))
        ahead, present = codes.at(time.time() + 30), codes.now()
        assert sign_in(world, "attorney", code=ahead).status_code == 201, "a clock half a minute fast"
        assert sign_in(world, "attorney", code=present).status_code == 401, "an older step than the last"
        clock.shift(timedelta(minutes=5))
        assert sign_in(world, "attorney", code=codes.at(time.time() - 60)).status_code == 401
        assert sign_in(world, "attorney", code=codes.at(time.time() + 60)).status_code == 401
        assert sign_in(world, "attorney", code=f"{codes.now()[:3]} {codes.now()[3:]}").status_code == 201


def test_wrong_codes_make_the_next_wait(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        codes = with_app(signed_in(world, "attorney"))
        for _ in range(5):
            assert sign_in(world, "attorney", code="123456").status_code == 401
        assert sign_in(world, "attorney", code=codes.now()).status_code == 429


def test_the_seed_is_sealed_and_shown_until_it_is_confirmed(world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        here = signed_in(world, "attorney")
        said(here.post("/authenticator-app"), 201)
        seed = seed_of(here)
        with world.services.database.engine.connect() as connection:
            kept = connection.execute(select(col(AuthenticatorApp.seed_sealed))).scalar_one()
        assert seed.encode() not in kept
        clock.shift(timedelta(minutes=15, seconds=1))
        assert here.page("/account/ways/app").status_code == 404
        late = here.post("/authenticator-app/confirm", json={"code": pyotp.TOTP(seed).now()})
        assert late.status_code == 409
        codes = with_app(here)
        assert here.page("/account/ways/app").status_code == 404
        assert codes.secret != seed


def test_setting_up_and_removing_end_the_other_sessions(world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        here, there = signed_in(world, "attorney"), signed_in(world, "attorney")
        codes = with_app(here)
        assert (here.get("/session").status_code, there.get("/session").status_code) == (200, 401)
        there = signed_in(world, "attorney", code=codes.now())
        clock.shift(timedelta(seconds=30))
        assert here.delete("/authenticator-app").status_code == 204
        assert there.get("/session").status_code == 401
        assert sign_in(world, "attorney").status_code == 201


def recovery_codes(person: Person) -> list[str]:
    return list(said(person.post("/recovery-codes"), 201)["codes"])


def test_recovery_codes_work_once_each_however_they_are_typed(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        here = signed_in(world, "attorney")
        with_app(here)
        codes = recovery_codes(here)
        assert len(set(codes)) == 10
        assert all(len(code.replace("-", "")) * 5 >= 128 for code in codes)
        assert sign_in(world, "attorney", code=codes[0].upper().replace("-", " ")).status_code == 201
        assert sign_in(world, "attorney", code=codes[0]).status_code == 401
        assert said(here.get("/session/ways"), 200)["recovery_codes"] == 9
        newer = recovery_codes(here)
        assert sign_in(world, "attorney", code=codes[1]).status_code == 401, "of those before"
        assert sign_in(world, "attorney", code=newer[1]).status_code == 201
        with world.services.database.engine.connect() as connection:
            kept = b"".join(connection.execute(select(col(RecoveryCode.digest))).scalars())
        assert all(code.replace("-", "").encode() not in kept for code in newer)


def test_codes_of_somebody_else_are_worth_nothing(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        mine, theirs = signed_in(world, "attorney"), signed_in(world, "attorney2")
        with_app(mine)
        with_app(theirs)
        assert sign_in(world, "attorney", code=recovery_codes(theirs)[0]).status_code == 401


def test_a_proof_takes_the_code_too(world: World) -> None:
    with time_machine.travel(NOON, tick=False):
        here = signed_in(world, "attorney")
        codes = with_app(here)
        needed = here.post("/session/proof", json={"password": PASSWORD})
        assert (needed.status_code, needed.json()["code"]) == (401, "sign_in.code_needed")
        wrong = here.post("/session/proof", json={"password": PASSWORD, "code": "000000"})
        assert wrong.json()["errors"][0]["pointer"] == "/code"
        assert here.post("/session/proof", json={"password": PASSWORD, "code": codes.now()}).status_code == 200


def change(person: Person, password: str, so_far: str = PASSWORD) -> Any:
    return person.post("/session/password", json={"current": so_far, "password": password})


def test_a_shorter_password_goes_with_a_code_only(world: World) -> None:
    short = "tall grass 7"
    with time_machine.travel(NOON, tick=False) as clock:
        here = signed_in(world, "attorney")
        assert change(here, short).json()["errors"][0]["code"] == "password.too_short"
        codes = with_app(here)
        assert change(here, short).status_code == 204
        here = signed_in(world, "attorney", password=short, code=codes.now())
        clock.shift(timedelta(seconds=60))
        refused = here.delete("/authenticator-app")
        assert (refused.status_code, refused.json()["code"]) == (409, "app.short_password")
        assert change(here, "a much longer sentence of mine", short).status_code == 204
        here = signed_in(world, "attorney", password="a much longer sentence of mine", code=codes.now())
        assert here.delete("/authenticator-app").status_code == 204
