"""The text messages of lead development."""

from django.utils.translation import gettext_lazy as _

from dealership.messaging.purposes import Kind, Purpose, declare_purpose

# About the customer's own enquiry; an advert has its own purpose and needs its own consent.
NOTICE = declare_purpose(
    Purpose(
        code="leads.notice",
        title=_("Message about the enquiry"),
        kind=Kind.NOTICE,
        variables=("customer", "consultant", "store"),
        default_body=(
            "{customer}，您好！我是{store}的{consultant}，您咨询的购车事宜由我为您服务。"
            "有任何问题，随时联系我。"
        ),
        guard="leads.actions.reason_against_notice",
    )
)
# Somebody else looks after the customer from now on (离职交接).
NEW_CONSULTANT = declare_purpose(
    Purpose(
        code="leads.new_consultant",
        title=_("A new consultant"),
        kind=Kind.NOTICE,
        variables=("customer", "leaver", "consultant", "phone", "store"),
        default_body=(
            "{customer}，您好！您在{store}的销售顾问{leaver}工作有调整，今后由{consultant}为您服务，"
            "电话{phone}，有任何需要请随时联系。"
        ),
        guard="leads.actions.reason_against_introduction",
        samples={"leaver": "王强"},
    )
)
# Follow-up: nobody answered, or a visit is agreed on. Both answer the customer's own wish.
MISSED_CALL = declare_purpose(
    Purpose(
        code="leads.missed_call",
        title=_("Tried to call"),
        kind=Kind.NOTICE,
        variables=("customer", "consultant", "store", "phone"),
        default_body=(
            "{customer}，您好！我是{store}的{consultant}，刚才给您去电未能接通。"
            "您方便时请回电{phone}，或回复短信告知合适的时间。"
        ),
        guard="leads.actions.reason_against_missed_call",
    )
)
VISIT_REMINDER = declare_purpose(
    Purpose(
        code="leads.visit_reminder",
        title=_("Reminder of the visit agreed"),
        kind=Kind.NOTICE,
        variables=("customer", "consultant", "store", "date", "time", "phone"),
        default_body=(
            "{customer}，您好！您与{store}约定的时间是{date} {time}，{consultant}届时恭候。"
            "如需改期，请致电{phone}。"
        ),
        guard="leads.actions.reason_against_reminder",
    )
)
