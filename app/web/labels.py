"""Words for every value of an enumeration that reaches a screen: one registry, so that a value has one name everywhere.

Statuses (`app.web.statuses`) carry besides a sentence that says what the status means and a tone for their tag. Texts
are English msgids. Values are those of the API; a value without a label raises KeyError, which a test turns into a
finding before a person meets it.
"""

from collections.abc import Mapping
from typing import Final

from app.web.fee_labels import FEE_VALUES
from app.web.i18n import N_
from app.web.money_labels import MONEY_VALUES
from app.web.tones import Label, Tone
from app.web.tones import words as _words

__all__ = ["VALUES", "Label", "Tone"]


#: Answers that are not a value. A blank never reads as "no".
_NO_VALUE: Final = {
    "unknown": Label(N_("Does not know")),
    "declined": Label(N_("Declined to say")),
    "not_asked": Label(N_("Not asked")),
}

VALUES: Final[Mapping[str, Mapping[str, Label]]] = {
    "no_answer": _NO_VALUE,
    "answer": {"yes": Label(N_("Yes")), "no": Label(N_("No")), **_NO_VALUE},
    "second_factor": _words(
        provider=N_("Asked for there, and they say so"), here=N_("Asked for here when they do not")
    ),
    "representation": _words(
        consultation=N_("Consultation"),
        brief_advice=N_("Brief advice"),
        limited_scope=N_("Limited scope"),
        full=N_("Full representation"),
    ),
    "case_type": _words(
        removal_defense=N_("Removal defense"),
        asylum=N_("Asylum"),
        withholding_or_cat=N_("Withholding of removal or Convention Against Torture"),
        cancellation=N_("Cancellation of removal"),
        bond=N_("Bond"),
        appeal=N_("Appeal"),
        daca=N_("DACA"),
        tps=N_("Temporary Protected Status"),
        special_immigrant_juvenile=N_("Special Immigrant Juvenile"),
        u_visa=N_("U visa"),
        t_visa=N_("T visa"),
        vawa=N_("VAWA self-petition"),
        adjustment=N_("Adjustment of status"),
        naturalization=N_("Naturalization"),
        family_petition=N_("Family petition"),
        work_authorization=N_("Work authorization"),
        other=N_("Other"),
    ),
    "immigration_status": {
        **_words(
            citizen=N_("United States citizen"),
            lawful_permanent_resident=N_("Lawful permanent resident"),
            asylee=N_("Asylee"),
            refugee=N_("Refugee"),
            nonimmigrant=N_("Nonimmigrant visa"),
            tps=N_("Temporary Protected Status"),
            deferred_action=N_("Deferred action"),
            parolee=N_("Parolee"),
            asylum_applicant=N_("Asylum applicant"),
            none=N_("No status"),
            other=N_("Other"),
        ),
        **_NO_VALUE,
    },
    "custody": {
        **_words(
            detained=N_("Detained now"),
            released=N_("Released from detention"),
            never_detained=N_("Never detained"),
        ),
        **_NO_VALUE,
    },
    "income_basis": _words(
        tax_return=N_("Tax return"),
        pay_stubs=N_("Pay stubs"),
        benefits_letter=N_("Benefits letter"),
        self_attested=N_("The person's own statement"),
    ),
    "income_period": _words(
        weekly=N_("every week"),
        every_two_weeks=N_("every two weeks"),
        twice_a_month=N_("twice a month"),
        monthly=N_("every month"),
        yearly=N_("every year"),
    ),
    **MONEY_VALUES,
    "application_decline_reason": _words(
        over_income=N_("Income is over the limit"),
        out_of_area=N_("Lives outside the area"),
        no_proceeding=N_("No immigration proceeding"),
        has_counsel=N_("Already has an attorney"),
        conflict=N_("Conflict of interest"),
        capacity=N_("No capacity"),
        unreachable=N_("Could not be reached"),
        other=N_("Other"),
    ),
    "assignment_decline_code": _words(
        conflict=N_("Conflict of interest"),
        capacity=N_("No capacity"),
        out_of_scope=N_("Outside my practice"),
        means=N_("Means of the client"),
        language=N_("Language"),
        other=N_("Other"),
    ),
    "case_outcome": _words(
        relief_granted=N_("Relief granted"),
        terminated=N_("Proceedings terminated or dismissed"),
        administratively_closed=N_("Administratively closed"),
        voluntary_departure=N_("Voluntary departure"),
        removal_ordered=N_("Removal ordered"),
        removal_ordered_in_absentia=N_("Removal ordered in absentia"),
        change_of_venue=N_("Moved to another court"),
        withdrawn=N_("Withdrawn"),
        services_completed=N_("Services completed"),
        other=N_("Other"),
    ),
    "hearing_kind": _words(
        master=N_("Master calendar hearing"),
        individual=N_("Individual hearing"),
        custody=N_("Bond hearing"),
        other=N_("Other hearing"),
    ),
    **FEE_VALUES,
    "deadline_kind": _words(
        asylum_filing=N_("Asylum application"),
        work_authorization=N_("Work authorization"),
        pre_hearing_filing=N_("Filing before the hearing"),
        evidence=N_("Evidence"),
        annual_asylum_fee=N_("Annual Asylum Fee"),
        fee=N_("Fee"),
        appeal=N_("Appeal"),
        appeal_brief=N_("Appeal brief"),
        motion=N_("Motion"),
        petition_for_review=N_("Petition for review"),
        other=N_("Other"),
    ),
    "assignment_role": _words(primary=N_("Primary attorney")),
    "case_step": _words(
        offered=N_("Offered"),
        accepted=N_("Accepted"),
        award=N_("Award"),
        paid=N_("Paid"),
        closed=N_("Closed"),
    ),
    "step_state": _words(done=N_("Done"), now=N_("Going on"), ahead=N_("Still ahead"), skipped=N_("Left out")),
    "urgency": _words(now=N_("Now"), soon=N_("In the next 14 days"), later=N_("When you have time")),
    "agenda": _words(hearing=N_("Hearing"), deadline=N_("Deadline")),
    "partner_kind": _words(legal_services=N_("Legal services"), intake=N_("Intake")),
    "legal_status": _words(
        in_force=N_("In force"),
        program_terms=N_("Terms of the program"),
        illustration=N_("Example"),
        proposed=N_("Proposed"),
        enjoined=N_("Stopped by a court"),
    ),
    "reveal_purpose": _words(
        intake=N_("Intake"),
        representation=N_("Representation"),
        conflict_review=N_("Conflict review"),
        legal_demand=N_("Legal demand"),
        quality_review=N_("Quality review"),
    ),
    "field_group": _words(
        identity=N_("Identity"),
        contact=N_("Contact"),
        immigration=N_("Immigration"),
        finances=N_("Finances"),
        criminal_history=N_("Criminal history"),
        notes=N_("Notes"),
        documents=N_("Documents"),
    ),
    "document_kind": _words(
        identification=N_("Identification"),
        court_notice=N_("Notice of a court or an agency"),
        application_form=N_("Form or filing"),
        evidence=N_("Evidence"),
        correspondence=N_("Letter"),
        receipt=N_("Receipt or invoice"),
        other=N_("Other"),
    ),
    "wall_reason": _words(
        former_client=N_("Worked for somebody else in this matter"),
        adverse_party=N_("Is, or stands by, the other side"),
        family=N_("Family or household"),
        personal_interest=N_("Has an interest of their own"),
        client_request=N_("The client asked for it"),
        other=N_("Other"),
    ),
    "emergency": _words(
        danger=N_("Danger to life or health"),
        detention=N_("Arrest or removal is at hand"),
        attorney_unreachable=N_("The attorney can not be reached"),
        legal_duty=N_("A duty by law"),
        other=N_("Other"),
    ),
    "glass_finding": _words(justified=N_("It was needed"), not_justified=N_("It was not needed")),
    "group_by": _words(
        fund=N_("Fund"),
        category=N_("Category"),
        partner=N_("Partner"),
        month=N_("Month"),
        method=N_("Method"),
    ),
    "reach": _words(
        own=N_("Only their own"),
        assigned=N_("What they are assigned to"),
        partner=N_("Their organization's"),
        all=N_("Everything"),
    ),
    "why": _words(
        assignment=N_("Assigned to it"),
        help=N_("Helps for a time"),
        organization=N_("It is their organization's"),
        role=N_("Their role reaches all"),
    ),
    "hold_reason": _words(
        legal_demand=N_("A legal demand"),
        litigation=N_("A lawsuit"),
        complaint=N_("A complaint"),
        audit=N_("An audit"),
        other=N_("Other"),
    ),
    "retention_class": _words(
        declined_inquiry=N_("Declined application"),
        withdrawn_draft=N_("Withdrawn application"),
        closed_matter=N_("Closed case"),
        financial_record=N_("Awards, payments and the ledger"),
        audit_record=N_("The record of who did and saw what"),
    ),
    "erasure_cause": _words(
        schedule=N_("The period is over"),
        person_asked=N_("The person asked for it"),
        court_order=N_("Order of a court"),
        entered_in_error=N_("Entered by mistake"),
    ),
    "role": _words(
        intake_worker=N_("Intake worker"),
        attorney=N_("Attorney"),
        partner_administrator=N_("Partner administrator"),
        fund_administrator=N_("Fund administrator"),
        auditor=N_("Auditor"),
        system_administrator=N_("System administrator"),
    ),
    "sign_in_method": _words(
        pwd=N_("Password"),
        otp=N_("Code of an app"),
        recovery=N_("Recovery code"),
        passkey=N_("Passkey"),
        federated=N_("Organization's account"),
        federated_mfa=N_("Organization's account with a second step"),
    ),
}
