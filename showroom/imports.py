"""SOP-4.1: a register kept on paper or in another system "
"(来店(电)客户登记表) as a kind of import."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.imports import values
from leads.imports.kinds import Field, ImportKind, declare_import
from leads.imports.readers import Cell


def told(longest: int = 60) -> Callable[[Cell], str]:
    return lambda cell: values.text(cell, longest)


# The register's 28 columns (domain §2.1); those that only repeat others are left out.
REGISTER = declare_import(
    ImportKind(
        code="register",
        label=_("Visit and call register"),
        hint=_(
            "Past visits and calls with their people. They are history: nothing falls due, "
            "nobody gets a message."
        ),
        judge="showroom.selectors.verdicts.judge",
        write="showroom.actions.history.write",
        withdraw="showroom.actions.history.withdraw",
        opens_leads=False,
        fields=(
            Field(
                "way", _("Walk-in or call"), "类型 来访方式 来店来电 来店/来电 type way", told(20)
            ),
            Field(
                "day",
                _("Date"),
                "日期 来店日期 来访日期 登记日期 date",
                values.moment,
                is_required=True,
            ),
            Field(
                "came",
                _("Came at"),
                "进店或来电时间 进店时间 来店时间 来电时间 到店时间 时间 time arrived",
                values.clock_time,
            ),
            Field("left", _("Left at"), "离店时间 离开时间 left departed", values.clock_time),
            Field("stay", _("Stayed for"), "留店时间 在店时长 停留时间 stay", told(30)),
            Field("name", _("Name"), "客户姓名 姓名 客户 name customer", values.name),
            Field("salutation", _("Salutation"), "性别 称谓 sex gender", values.salutation),
            Field(
                "phone",
                _("Phone"),
                "联系方式 联系电话 电话 手机 手机号 手机号码 phone mobile",
                values.numbers,
            ),
            Field("party", _("Party"), "随行人数 人数 来店人数 party", values.count),
            Field("series", _("Series"), "车系 意向车系 series", told()),
            Field("source", _("Source"), "信息来源 客户来源 来源 source", told()),
            Field(
                "level",
                _("Level at first"),
                "意向级别及购买周期(初) 意向级别及购买周期 意向级别 级别 初次级别 level",
                told(30),
            ),
            Field(
                "level_after",
                _("Level after tracking"),
                "追踪后级别 跟踪后级别 levelafter",
                told(30),
            ),
            Field(
                "is_first",
                _("First visit"),
                "是否首次来店 首次来店 首次 初次再次 first",
                values.yes,
            ),
            Field(
                "consultant",
                pgettext_lazy("of a visit", "Consultant"),
                "接待销售顾问 销售顾问 接待顾问 顾问 接待人 consultant",
                told(),
            ),
            Field(
                "said",
                _("What was said"),
                "接待经过 经过 洽谈内容 备注 车型 是否试驾 是否有车 现有车型 结案情形 "
                "同城交叉 登记人 地址 remark notes",
                told(500),
                is_joined=True,
            ),
        ),
    )
)
