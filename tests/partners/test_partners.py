"""Partner organizations over REST."""

from tests.world import World, key


def test_fund_administrator_adds_a_partner(world: World) -> None:
    made = world.fund_admin.post("/partners", json={"name": "East Legal Aid"})
    assert made.status_code == 201, made.text
    assert made.json()["kind"] == "legal_services"
    names = [each["name"] for each in world.fund_admin.get("/partners").json()["items"]]
    assert names == ["East Legal Aid", "Intake Desk", "North Legal Aid", "South Legal Aid"]


def test_a_name_is_taken_once(world: World) -> None:
    refused = world.fund_admin.post("/partners", json={"name": "north legal aid"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/name"


def test_same_key_gives_the_same_partner(world: World) -> None:
    header = key()
    first = world.fund_admin.post("/partners", json={"name": "East"}, headers=header)
    again = world.fund_admin.post("/partners", json={"name": "East"}, headers=header)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again.headers["Idempotency-Replayed"] == "true"
    other = world.fund_admin.post("/partners", json={"name": "West"}, headers=header)
    assert other.status_code == 422


def test_another_partner_does_not_exist(world: World) -> None:
    south = world.partners["South Legal Aid"]
    assert world.partner_admin.get(f"/partners/{south}").status_code == 404
    assert world.partner_admin2.get(f"/partners/{south}").status_code == 200


def test_refusals_come_in_order(world: World) -> None:
    assert world.stranger.post("/partners", content=b"{not json").status_code == 401
    assert world.intake.post("/partners", content=b"{not json").status_code == 403
    bad = world.fund_admin.post("/partners", content=b"{not json", headers={"Content-Type": "application/json"})
    assert bad.status_code == 400
    assert world.fund_admin.post("/partners", content=b"name=x").status_code == 415
    unknown = world.fund_admin.post("/partners", json={"name": "x", "secret": "y"})
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["pointer"] == "/secret"
