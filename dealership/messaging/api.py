"""Text messages and notices over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.messaging import actions
from dealership.messaging.models import Notice, Sms
from dealership.privacy.masks import mask_phone
from dealership.web.api import House


class SmsOut(serializers.ModelSerializer[Sms]):
    """One text message and its fate; the number is masked."""

    phone_masked = serializers.SerializerMethodField()

    class Meta:
        model = Sms
        fields = (
            "id", "purpose", "customer", "phone_masked", "body", "state", "reason", "created_at",
            "send_after", "send_by", "accepted_at", "delivered_at",
        )  # fmt: skip

    def get_phone_masked(self, sms: Sms) -> str:
        return mask_phone(sms.phone)


class NoticeOut(serializers.ModelSerializer[Notice]):
    """A word to a colleague."""

    class Meta:
        model = Notice
        fields = ("id", "kind", "text", "url", "created_at", "read_at")


class SmsApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """The ledger of text messages."""

    rows = Sms.objects
    serializer_class = SmsOut
    perms = {"list": "messaging.view_sms", "retrieve": "messaging.view_sms"}


class NoticeApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """One's own notices, newest first."""

    rows = Notice.objects
    serializer_class = NoticeOut
    perms = {
        "list": "messaging.view_notices",
        "retrieve": "messaging.view_notices",
        "read": "messaging.view_notices",
    }

    @extend_schema(request=None, responses=NoticeOut)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Mark as read."""
        notice = self.get_object()

        def mark() -> Notice:
            actions.read_notice(notice)
            notice.refresh_from_db()
            return notice

        return self.answer_once(mark)
