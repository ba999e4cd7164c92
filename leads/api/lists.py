"""Lists of prospects and their files over the API: the same actions as the pages (SOP-2.7)."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, parsers, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dealership.staff.api import PersonOut
from dealership.staff.models import User
from dealership.web.api import ID, TEXT, House
from leads import tasks
from leads.actions import imports as actions
from leads.actions.lists import add_list
from leads.imports.kinds import KINDS
from leads.models import ImportRun, ProspectList, Source
from leads.selectors.imports import mapping_of


class ListOut(serializers.ModelSerializer[ProspectList]):
    """A list: where it comes from, and why it may be kept."""

    class Meta:
        model = ProspectList
        fields = ("id", "name", "kind", "source", "origin", "basis", "basis_note", "created_at")


class ImportOut(serializers.ModelSerializer[ImportRun]):
    """A file on its way into a list."""

    by = PersonOut()

    class Meta:
        model = ImportRun
        fields = (
            "id", "prospect_list", "kind", "file_name", "sha256", "size", "format", "encoding",
            "sheet", "header_row", "headers", "mapping", "total", "known", "opens_leads", "owner",
            "state", "reason", "position", "created", "matched", "skipped", "failed", "undone",
            "kept", "by", "uploaded_at", "started_at", "ended_at",
        )  # fmt: skip


class ListIn(serializers.Serializer[Any]):
    name = serializers.RegexField(TEXT, max_length=60)
    kind = serializers.ChoiceField(choices=ProspectList.Kind.choices)
    source = serializers.IntegerField(**ID)
    origin = serializers.RegexField(TEXT, max_length=200)
    basis = serializers.ChoiceField(choices=ProspectList.Basis.choices)
    basis_note = serializers.RegexField(TEXT, max_length=300)


class FileIn(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=200, allow_empty_file=True)
    kind = serializers.CharField(max_length=20, required=False, default="prospects")


class StartIn(serializers.Serializer[Any]):
    """Without `mapping` the columns are as they were guessed; `{column number: field}`."""

    mapping = serializers.DictField(
        child=serializers.CharField(max_length=20), required=False, allow_null=True, default=None
    )
    known = serializers.ChoiceField(
        choices=ImportRun.Known.choices, required=False, default=ImportRun.Known.MATCH
    )
    opens_leads = serializers.BooleanField(required=False, default=True)
    owner = serializers.ChoiceField(
        choices=ImportRun.Owner.choices, required=False, default=ImportRun.Owner.POOL
    )
    consultant = serializers.IntegerField(required=False, allow_null=True, default=None, **ID)

    def validate_mapping(self, said: dict[str, str] | None) -> dict[int, str] | None:
        if said is None:
            return None
        if not all(key.isascii() and key.isdecimal() and len(key) <= 3 for key in said):
            raise serializers.ValidationError("The keys are numbers of columns, from 0 on.")
        return {int(key): code for key, code in said.items()}


class ProspectListApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """The store's lists of prospects."""

    rows = ProspectList.objects
    serializer_class = ListOut
    perms = {
        "list": "leads.view_list",
        "retrieve": "leads.view_list",
        "create": "leads.import_list",
        "imports": "leads.import_list",
    }

    @extend_schema(request=ListIn, responses={201: ListOut})
    def create(self, request: Request) -> Response:
        """Open a list: its source and legal basis are demanded."""
        data = self.clean(ListIn)
        store = request.user.active_store
        data["source"] = get_object_or_404(Source.objects.filter(store=store), pk=data["source"])
        return self.answer_once(lambda: add_list(store, by=request.user, **data), code=201)

    @extend_schema(request={"multipart/form-data": FileIn}, responses={201: ImportOut})
    @action(
        detail=True,
        methods=["post"],
        parser_classes=[parsers.MultiPartParser, parsers.JSONParser],
        serializer_class=ImportOut,
    )
    def imports(self, request: Request, pk: str) -> Response:
        """Upload a file; nothing is written before it starts."""
        prospects, data = self.get_object(), self.clean(FileIn)
        self.authorize(prospects)
        if data["kind"] not in KINDS:
            raise serializers.ValidationError({"kind": [", ".join(KINDS)]})
        return self.answer_once(
            lambda: actions.upload(prospects, by=request.user, **data), code=201
        )


class ImportApi(mixins.ListModelMixin, mixins.RetrieveModelMixin, House):
    """Files on their way into lists: how far they have come."""

    rows = ImportRun.objects
    serializer_class = ImportOut
    perms = {
        "list": "leads.view_list",
        "retrieve": "leads.view_list",
        "start": "leads.import_list",
        "stop": "leads.import_list",
        "revert": "leads.import_list",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().with_people()

    @extend_schema(request=StartIn, responses=ImportOut)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Start, or go on after a stop; a worker does the work."""
        run, data = self.get_object(), self.clean(StartIn)
        self.authorize(run)
        people = User.objects.in_store(run.store)
        if (chosen := data["consultant"]) is not None:
            data["consultant"] = get_object_or_404(people, pk=chosen)
        mapping = data.pop("mapping")

        def begin() -> ImportRun:
            found = run
            if not run.is_begun:
                wanted = mapping_of(run) if mapping is None else mapping
                found = actions.map_columns(run, mapping=wanted, by=request.user)
            found = actions.start_import(found, by=request.user, **data)
            tasks.imports.delay_on_commit()
            return found

        return self.answer_once(begin)

    @extend_schema(request=None, responses=ImportOut)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Stop after the rows in hand."""
        run = self.get_object()
        self.authorize(run)
        return self.answer_once(lambda: actions.stop_import(run, by=request.user))

    @extend_schema(request=None, responses=ImportOut)
    @action(detail=True, methods=["post"])
    def revert(self, request: Request, pk: str) -> Response:
        """Take back what the file brought, as far as nobody has worked with it."""
        run = self.get_object()
        self.authorize(run)

        def take_back() -> ImportRun:
            found = actions.revert_import(run, by=request.user)
            tasks.imports.delay_on_commit()
            return found

        return self.answer_once(take_back)
