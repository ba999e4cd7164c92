"""SOP-2: the clocks of lead development."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from dealership.sop.steps import EndOfDay, Recurs, Step, Within, declare
from dealership.staff.roles import Role

# Somebody whom we have not spoken to yet (domain §1.2, level N).
FIRST_CONTACT = declare(
    Step(
        code="leads.first_contact",
        sop="2.2",
        title=_("First contact"),
        role=Role.CONSULTANT,
        limit=Within(hours=24),
        remind_before=timedelta(hours=4),
        escalate_after=timedelta(hours=1),
        page="leads:contact-new",
        action_label=_("Record contact"),
        tally=_("First contact within 24 h"),
        is_contact=True,
        icon="phone-outgoing",
    )
)
# The next contact, on the day that was agreed or that the level asks for.
FOLLOW_UP = declare(
    Step(
        code="leads.follow_up",
        sop="2.2",
        title=_("Follow-up"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=15),
        escalate_after=timedelta(hours=10),
        page="leads:contact-new",
        action_label=_("Record contact"),
        tally=_("Follow-up on the day agreed"),
        is_dated=True,
        is_contact=True,
        icon="phone-call",
    )
)
# A lead of which a quick add knows no more than a number (SOP-2.2: in less than 30 s, on a phone).
COMPLETE = declare(
    Step(
        code="leads.complete",
        sop="2.2",
        title=_("Complete the lead"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=3),
        escalate_after=timedelta(hours=10),
        page="leads:lead-complete",
        action_label=_("Complete"),
        tally=_("Leads complete on the day"),
        icon="clipboard-text",
    )
)
# A visit agreed on: the register keeps it; at the day's end the clock says who stayed away.
APPOINTMENT = declare(
    Step(
        code="leads.appointment",
        sop="4.2",
        title=_("Appointment"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=15),
        acts="leads.actions.act_appointment",
        page="leads:appointment-confirm",
        action_label=_("Look"),
        is_dated=True,
        icon="calendar-event",
    )
)
# Reminding the guest on the day before, so that the visit takes place.
CONFIRM_VISIT = declare(
    Step(
        code="leads.confirm_visit",
        sop="4.2",
        title=_("Confirm the visit"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=15),
        escalate_after=timedelta(hours=10),
        page="leads:appointment-confirm",
        action_label=_("Confirm"),
        tally=_("Visits confirmed the day before"),
        is_dated=True,
        is_contact=True,
        icon="calendar-check",
    )
)
# Only what a manager approved counts as lost (domain §1.3).
LOSS_REVIEW = declare(
    Step(
        code="leads.loss_review",
        sop="2.2",
        title=_("Decide on a loss"),
        role=Role.SALES_MANAGER,
        limit=Within(hours=24),
        remind_before=timedelta(hours=4),
        escalate_after=timedelta(hours=1),
        escalates_to=(Role.GENERAL_MANAGER,),
        page="leads:loss-decide",
        action_label=_("Decide"),
        tally=_("Losses decided within 24 h"),
        icon="gavel",
    )
)
# Lost: 30, 90 and 180 days later; dormant: on the day agreed.
REVISIT = declare(
    Step(
        code="leads.revisit",
        sop="2.3",
        title=_("Speak to a lost customer again"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(hours=15),
        escalate_after=timedelta(hours=10),
        page="leads:loss-revisit",
        action_label=_("Record the talk"),
        tally=_("Lost customers spoken to again"),
        is_dated=True,
        is_contact=True,
        icon="phone-plus",
    )
)
# Every so many losses somebody else asks whether it is true.
RECALL = declare(
    Step(
        code="leads.recall",
        sop="2.3",
        title=_("Sample call to a lost customer"),
        role=Role.SERVICE_SPECIALIST,
        limit=EndOfDay(3),
        remind_before=timedelta(hours=24),
        escalate_after=timedelta(hours=10),
        page="leads:loss-recall",
        action_label=_("Record the call"),
        tally=_("Sample calls within 3 days"),
        is_contact=True,
        icon="phone-check",
    )
)
# Owners of an older car: add-on, replacement, referral (增购 换购 推荐).
OWNER_CONTACT = declare(
    Step(
        code="leads.owner_contact",
        sop="2.5",
        title=_("Call an owner"),
        role=Role.CONSULTANT,
        limit=EndOfDay(7),
        remind_before=timedelta(hours=24),
        escalate_after=timedelta(hours=10),
        page="leads:owner-contact",
        action_label=_("Record the call"),
        tally=_("Owners of older cars called"),
        is_contact=True,
        icon="car",
    )
)
# The plan of month M until its 5th; the evaluation of month M until the 5th of the next.
BASE_PLAN = declare(
    Step(
        code="leads.base_plan",
        sop="2.4",
        title=_("This month's plan for base customers"),
        role=Role.SALES_MANAGER,
        limit=EndOfDay(4),
        remind_before=timedelta(hours=40),
        escalate_after=timedelta(hours=10),
        escalates_to=(Role.GENERAL_MANAGER,),
        page="leads:base-plan-now",
        action_label=_("Plan"),
        tally=_("Base-customer plan by the 5th"),
        recurs=Recurs.MONTHLY,
        icon="calendar-stats",
    )
)
BASE_EVALUATION = declare(
    Step(
        code="leads.base_evaluation",
        sop="2.4",
        title=_("Last month's evaluation for base customers"),
        role=Role.SALES_MANAGER,
        limit=EndOfDay(4),
        remind_before=timedelta(hours=40),
        escalate_after=timedelta(hours=10),
        escalates_to=(Role.GENERAL_MANAGER,),
        page="leads:base-evaluation-now",
        action_label=_("Evaluate"),
        tally=_("Base customers evaluated by the 5th"),
        recurs=Recurs.MONTHLY,
        icon="report-analytics",
    )
)
PROSPECT_PLAN = declare(
    Step(
        code="leads.prospect_plan",
        sop="2.8",
        title=_("This month's prospecting plan"),
        role=Role.SALES_MANAGER,
        limit=EndOfDay(4),
        remind_before=timedelta(hours=40),
        escalate_after=timedelta(hours=10),
        escalates_to=(Role.GENERAL_MANAGER,),
        page="leads:prospect-plan-now",
        action_label=_("Plan"),
        tally=_("Prospecting plan by the 5th"),
        recurs=Recurs.MONTHLY,
        icon="map-2",
    )
)
PROSPECT_EVALUATION = declare(
    Step(
        code="leads.prospect_evaluation",
        sop="2.8",
        title=_("Last month's evaluation of prospecting"),
        role=Role.SALES_MANAGER,
        limit=EndOfDay(4),
        remind_before=timedelta(hours=40),
        escalate_after=timedelta(hours=10),
        escalates_to=(Role.GENERAL_MANAGER,),
        page="leads:prospect-evaluation-now",
        action_label=_("Evaluate"),
        tally=_("Prospecting evaluated by the 5th"),
        recurs=Recurs.MONTHLY,
        icon="report-analytics",
    )
)
# Somebody has to look after a lead that the rules could give to nobody.
ASSIGN = declare(
    Step(
        code="leads.assign",
        sop="2.2",
        title=_("Give the lead to a consultant"),
        role=Role.SALES_MANAGER,
        limit=Within(hours=1),
        remind_before=timedelta(minutes=20),
        escalate_after=timedelta(hours=1),
        escalates_to=(Role.GENERAL_MANAGER,),
        page="leads:lead-assign",
        action_label=_("Assign"),
        tally=_("Leads given out within 1 h"),
        icon="user-plus",
    )
)
# Without a contact for as long as the level allows, the lead goes to the pool (公海).
RECYCLE = declare(
    Step(
        code="leads.recycle",
        sop="2.2",
        title=_("Without a contact the pool takes the lead"),
        role=Role.CONSULTANT,
        limit=EndOfDay(0),
        remind_before=timedelta(days=2),
        acts="leads.actions.act_recycle",
        page="leads:contact-new",
        action_label=_("Record contact"),
        is_dated=True,
        is_contact=True,
        is_watch=True,
        icon="recycle",
    )
)
# Customers hear who looks after them now; the half hour before is there for undoing.
TELL_CUSTOMERS = declare(
    Step(
        code="leads.tell_customers",
        sop="2.2",
        title=_("Tell the customers of their new consultant"),
        role=Role.SALES_MANAGER,
        limit=Within(hours=1),
        acts="leads.actions.act_tell_customers",
        act_before=timedelta(minutes=30),
        escalate_after=timedelta(hours=1),
        page="leads:hand-over-detail",
        action_label=_("Look"),
        icon="message-forward",
    )
)
