"""SOP-9.6.21: the text message that thanks for buying the car."""

from django.utils.translation import gettext_lazy as _

from dealership.messaging.purposes import Kind, Purpose, declare_purpose

THANKS = declare_purpose(
    Purpose(
        code="delivery.thank_you",
        title=_("Thanks for the purchase"),
        kind=Kind.NOTICE,
        variables=("customer", "series", "store", "consultant"),
        default_body=(
            "{customer}，恭喜您喜提{series}！感谢您对{store}的信任。"
            "用车有任何问题，随时联系我{consultant}，祝您一路平安！"
        ),
        guard="delivery.actions.reason_against_thanks",
        on_accepted="delivery.actions.thanks_accepted",
        on_failed="delivery.actions.thanks_failed",
    )
)
