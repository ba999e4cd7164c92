"""SOP-4.4.14: the text message that thanks for a visit."""

from django.utils.translation import gettext_lazy as _

from dealership.messaging.purposes import Kind, Purpose, declare_purpose

THANKS = declare_purpose(
    Purpose(
        code="showroom.thank_you",
        title=_("Thanks for the visit"),
        kind=Kind.NOTICE,
        variables=("customer", "consultant", "store"),
        default_body=(
            "{customer}，您好！我是{store}的{consultant}，感谢您今天抽空到店。"
            "看车、用车有任何想了解的，随时找我，祝您一切顺心！"
        ),
        guard="showroom.actions.reason_against_thanks",
        on_accepted="showroom.actions.thanks_accepted",
        on_failed="showroom.actions.thanks_failed",
    )
)
