"""A model of the ledger in plain numbers, driven beside the product by Hypothesis; after each step they agree."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.disbursements.actions import create as asking
from app.disbursements.actions import decide, pay
from app.disbursements.actions.advance import Confirmed, Nothing
from app.disbursements.reads.verify import verify
from app.disbursements.rules import Method
from app.errors import Conflict, Denied
from app.funds.actions import awards, funds
from app.funds.model import LedgerAccount
from app.funds.rules import Category
from app.money import Money
from app.work import Work
from tests.cases.stage import Made
from tests.world import World

CENTS = st.integers(min_value=1, max_value=4_000)
TOTAL = 10_000
CATEGORIES = st.sampled_from([Category.REPRESENTATION, Category.TRAVEL])
PEOPLE = st.sampled_from(["fund_admin", "approver", "releaser"])


@dataclass
class Paid:
    """A disbursement of the model."""

    cents: int
    award: "Promised"
    status: str = "draft"
    people: set[str] = field(default_factory=lambda: {"attorney"})
    settled: bool = False


@dataclass
class Promised:
    """An award of the model."""

    category: Category
    cents: int
    status: str = "requested"
    left: int = 0
    reserved: int = 0
    paid: int = 0


#: verb -> (statuses it starts from, status it leads to, whether it is a duty)
STEPS: dict[str, tuple[set[str], str, bool]] = {
    "approve": ({"submitted"}, "approved", True),
    "release": ({"approved"}, "released", True),
    "settle": ({"released"}, "settled", True),
    "reject": ({"draft", "submitted", "approved"}, "rejected", False),
    "return": ({"released", "settled"}, "returned", False),
    "reverse": ({"settled"}, "reversed", False),
}
_REASON = decide.Reason(reason="As the model says")
_DO: dict[str, Callable[[Work, UUID], object]] = {
    "submit": lambda work, each: asking.submit(work, each, Nothing()),
    "approve": lambda work, each: decide.approve(work, each, Confirmed()),
    "release": lambda work, each: pay.release(work, each, Confirmed()),
    "settle": lambda work, each: pay.settle(work, each, pay.Settlement()),
    "reject": lambda work, each: decide.reject(work, each, _REASON),
    "return": lambda work, each: pay.give_back(work, each, _REASON),
    "reverse": lambda work, each: pay.reverse(work, each, _REASON),
}


class LedgerMachine(RuleBasedStateMachine):
    """One fund's life in random steps, allowed and forbidden ones alike."""

    def __init__(self, world: World, case: Made, payee_id: UUID, seen: "Counter[str]") -> None:
        super().__init__()
        self.world, self.case, self.payee_id = world, case, payee_id
        #: Refusals and steps that happened, over all runs: a model that never got there proves nothing.
        self.seen = seen
        self.unallocated = TOTAL
        self.available: dict[Category, int] = {}
        self.awards: dict[UUID, Promised] = {}
        self.payments: dict[UUID, Paid] = {}

    award_ids: Bundle[UUID] = Bundle("award_ids")
    payment_ids: Bundle[UUID] = Bundle("payment_ids")

    @initialize(target=payment_ids, far=st.integers(1, 3), end=st.sampled_from(["", "return", "reverse", "reject"]))
    def begin_with_a_payment(self, far: int, end: str) -> UUID:
        """A fund, two allocations, an award and a payment on its way: from here random steps get somewhere."""
        self._take_a_fund_on()
        for category in (Category.REPRESENTATION, Category.TRAVEL):
            self.allocate(category, TOTAL // 3)
        award_id = self._request(Category.REPRESENTATION, 2_500)
        self.approve(award_id)
        payment_id = self._draft(award_id, 500)
        self.go_some_of_the_way(payment_id, far, end)
        return payment_id

    def _take_a_fund_on(self) -> None:
        with self.world.act_as("fund_admin") as work:
            self.fund_id = funds.create(
                work,
                funds.NewFund(
                    name=f"Fund {uuid4()}",
                    giver="A city",
                    starts_on=date(2020, 1, 1).isoformat(),  # type: ignore[arg-type]  # as it is written in JSON
                    ends_on=date(2099, 1, 1).isoformat(),  # type: ignore[arg-type]  # the same
                    awarded_total=Money(TOTAL),
                ),
            )

    def _try(self, person: str, do: Callable[[Work], Any]) -> tuple[str, Any]:
        """("done", result), or the code of the refusal."""
        try:
            with self.world.act_as(person) as work:
                result = do(work)
        except (Conflict, Denied) as refusal:
            self.seen[refusal.code] += 1
            return refusal.code, None
        return "done", result

    @rule(category=CATEGORIES, cents=CENTS)
    def allocate(self, category: Category, cents: int) -> None:
        form = funds.NewAllocation(category=category, amount=Money(cents))
        outcome, _ = self._try("fund_admin", lambda work: funds.allocate(work, self.fund_id, form))
        assert outcome == ("done" if cents <= self.unallocated else "fund.insufficient")
        if outcome == "done":
            self.unallocated -= cents
            self.available[category] = self.available.get(category, 0) + cents

    @rule(target=award_ids, category=CATEGORIES, cents=CENTS)
    def request(self, category: Category, cents: int) -> UUID:
        return self._request(category, cents)

    def _request(self, category: Category, cents: int) -> UUID:
        form = awards.NewAward(case_id=self.case.id, fund_id=self.fund_id, category=category, amount=Money(cents))
        outcome, award_id = self._try("attorney", lambda work: awards.request(work, form))
        assert outcome == "done"
        self.awards[award_id] = Promised(category, cents)
        return UUID(str(award_id))

    @rule(award_id=award_ids)
    def approve(self, award_id: UUID) -> None:
        award = self.awards[award_id]
        outcome, _ = self._try("approver", lambda work: awards.approve(work, award_id, awards.Nothing()))
        if award.status != "requested":
            assert outcome == "award.status"
        elif award.cents > self.available[award.category]:
            assert outcome == "allocation.insufficient"
        else:
            assert outcome == "done"
            self.available[award.category] -= award.cents
            award.status, award.left = "open", award.cents

    @rule(award_id=award_ids)
    def close(self, award_id: UUID) -> None:
        award = self.awards[award_id]
        outcome, _ = self._try("approver", lambda work: awards.close(work, award_id, awards.Nothing()))
        if award.status != "open":
            assert outcome == "award.status"
        elif award.reserved:
            assert outcome == "award.in_use"
        else:
            assert outcome == "done"
            self.seen["close"] += 1
            self.available[award.category] += award.left
            award.status, award.left = "closed", 0

    @rule(payment_id=payment_ids)
    def close_the_award_of(self, payment_id: UUID) -> None:
        if payment_id in self.payments:
            self.close(next(each for each, award in self.awards.items() if award is self.payments[payment_id].award))

    @rule(target=payment_ids, award_id=award_ids, cents=CENTS)
    def draft(self, award_id: UUID, cents: int) -> UUID:
        return self._draft(award_id, cents)

    def _draft(self, award_id: UUID, cents: int) -> UUID:
        award = self.awards[award_id]
        if award.status == "requested" and award.cents <= self.available[award.category]:
            self.approve(award_id)
        form = asking.NewDisbursement(
            award_id=award_id, payee_id=self.payee_id, amount=Money(cents), method=Method.WIRE
        )
        outcome, payment_id = self._try("attorney", lambda work: asking.create(work, form))
        if award.status != "open":
            assert outcome == "award.not_open"
        elif cents > award.left:
            assert outcome == "award.insufficient"
        else:
            assert outcome == "done"
            award.left -= cents
            award.reserved += cents
            self.payments[payment_id] = Paid(cents, award)
        return UUID(str(payment_id or uuid4()))

    @rule(payment_id=payment_ids)
    def submit(self, payment_id: UUID) -> None:
        if payment_id not in self.payments:
            return
        payment = self.payments[payment_id]
        outcome, _ = self._try("attorney", lambda work: _DO["submit"](work, payment_id))
        assert outcome == ("done" if payment.status == "draft" else "disbursement.status")
        payment.status = "submitted" if outcome == "done" else payment.status

    @rule(payment_id=payment_ids, verb=st.sampled_from(sorted(STEPS)), person=PEOPLE)
    def step(self, payment_id: UUID, verb: str, person: str) -> None:
        if payment_id not in self.payments:
            return
        payment = self.payments[payment_id]
        begins, ends, is_duty = STEPS[verb]
        outcome, _ = self._try(person, lambda work: _DO[verb](work, payment_id))
        if is_duty and person in payment.people:
            assert outcome == "segregation_of_duties"
        elif payment.status not in begins:
            assert outcome == "disbursement.status"
        else:
            assert outcome == "done"
            self.seen[verb if not payment.settled else f"{verb} after settling"] += 1
            self._move_money(payment, verb)
            payment.status = ends
            if is_duty:
                payment.people.add(person)

    @rule(payment_id=payment_ids, far=st.integers(1, 3), end=st.sampled_from(["", "return", "reverse", "reject"]))
    def go_some_of_the_way(self, payment_id: UUID, far: int, end: str) -> None:
        """Random steps by random people rarely come far."""
        if payment_id in self.payments:
            self.submit(payment_id)
            way = (("approve", "approver"), ("release", "releaser"), ("settle", "fund_admin"))
            for verb, person in way[:far]:
                self.step(payment_id, verb, person)
            if end:
                self.step(payment_id, end, "approver")

    def _move_money(self, payment: Paid, verb: str) -> None:
        award, cents = payment.award, payment.cents
        if verb == "settle":
            award.reserved -= cents
            award.paid += cents
            payment.settled = True
        elif payment.settled and verb in ("return", "reverse"):
            award.paid -= cents
            if award.status == "closed":
                self.available[award.category] += cents
            else:
                award.left += cents
        elif verb in ("reject", "return"):
            award.reserved -= cents
            award.left += cents

    @invariant()
    def the_database_says_the_same(self) -> None:
        with Session(self.world.services.database.engine) as session:
            verdict = verify(session)
            assert verdict.intact, verdict.faults
            rows = session.execute(
                select(col(LedgerAccount.kind), func.sum(col(LedgerAccount.balance)))
                .where(col(LedgerAccount.fund_id) == self.fund_id)
                .group_by(col(LedgerAccount.kind))
            ).all()
        said = {kind.value: int(cents) for kind, cents in rows if cents}
        model = {
            "giver": -TOTAL,
            "unallocated": self.unallocated,
            "available": sum(self.available.values()),
            "encumbered": sum(each.left for each in self.awards.values()),
            "reserved": sum(each.reserved for each in self.awards.values()),
            "paid": sum(each.paid for each in self.awards.values()),
        }
        assert said == {kind: cents for kind, cents in model.items() if cents}
        assert sum(model.values()) == 0
        assert all(cents >= 0 for kind, cents in model.items() if kind != "giver")
