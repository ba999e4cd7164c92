"""A file of prospects (名单): the fields that a row may hold."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.imports import values
from leads.imports.kinds import Field, ImportKind, declare_import

PROSPECTS = declare_import(
    ImportKind(
        code="prospects",
        label=_("Prospects"),
        hint=_("People or organisations, one a row, with a phone number each."),
        judge="leads.selectors.prospects.judge",
        write="leads.actions.prospects.write",
        fields=(
            Field(
                "phone",
                _("Phone"),
                "手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 联系手机 移动电话 "
                "客户电话 客户手机 phone mobile telephone tel cell phonenumber "
                "mobilenumber",
                values.numbers,
                is_required=True,
            ),
            Field(
                "more_phones",
                _("Second phone"),
                "备用电话 第二电话 电话2 手机2 其他电话 家庭电话 固定电话 座机 "
                "secondphone otherphone phone2",
                values.numbers,
            ),
            Field(
                "name",
                _("Name"),
                "姓名 客户姓名 客户名称 客户 名字 车主 车主姓名 称呼 会员姓名 联系人 "
                "联系人姓名 name customer customername fullname contactperson contact "
                "owner",
                values.name,
            ),
            Field(
                "salutation",
                _("Salutation"),
                "性别 先生女士 称谓 sex gender salutation title",
                values.salutation,
            ),
            Field(
                "organisation",
                _("Organisation"),
                "单位 单位名称 公司 公司名称 企业 企业名称 机构 组织 工作单位 "
                "organisation organization company companyname",
                values.name,
            ),
            Field(
                "job",
                _("Job"),
                "职务 职位 岗位 头衔 job position jobtitle",
                lambda cell: values.text(cell, 60),
            ),
            Field(
                "is_decision_maker",
                _("Decides"),
                "决策者 决策人 是否决策者 是否决策人 decisionmaker decides",
                values.yes,
            ),
            Field(
                "series",
                _("Wished series"),
                "意向车系 意向车型 车系 关注车型 想买的车 series wishedseries interest "
                "interestedin",
                lambda cell: values.text(cell, 60),
            ),
            Field(
                "level",
                _("Intent level"),
                "级别 意向级别 客户级别 等级 level intentlevel",
                lambda cell: values.text(cell, 30),
            ),
            Field(
                "source",
                _("Source"),
                "来源 客户来源 信息来源 渠道 来源渠道 source channel",
                lambda cell: values.text(cell, 60),
            ),
            Field(
                "plate",
                pgettext_lazy("owned car", "Plate"),
                "车牌 车牌号 车牌号码 牌照 牌照号 号牌 plate platenumber licenceplate",
                values.plate,
            ),
            Field(
                "car",
                pgettext_lazy("owned car", "Car"),
                "现有车型 保有车型 车型 购买车型 所购车型 车辆 现有车 car model ownedcar",
                lambda cell: values.text(cell, 40),
            ),
            Field(
                "vin",
                _("VIN"),
                "车架号 VIN码 VIN 底盘号 车辆识别代号",
                values.vin,
            ),
            Field(
                "bought_on",
                _("Bought on"),
                "购车日期 购买日期 购车时间 交车日期 提车日期 开票日期 上牌日期 boughton "
                "purchasedate dateofpurchase",
                values.day,
            ),
            Field(
                "identity",
                _("ID number (only its hash is kept)"),
                "身份证 身份证号 身份证号码 证件号 证件号码 idnumber idcard",
                values.identity,
            ),
            Field(
                "remark",
                _("Remark"),
                "备注 说明 备注信息 需求 购车需求 remark remarks note notes comment",
                lambda cell: values.text(cell, 500),
                is_joined=True,
            ),
        ),
    )
)
