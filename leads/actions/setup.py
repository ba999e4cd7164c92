"""What a new store begins with: levels and sources that it changes as it likes."""

from django.db import transaction

from dealership.staff.models import Store
from leads.models import IntentLevel, LossReason, OwnershipPolicy, Source
from leads.selectors import DEFAULT_LEVELS

# Groups and their parts (客户来源, domain §2.1).
DEFAULT_SOURCES: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("walk-in", "自然来店"): (),
    ("call", "来电"): (),
    ("owners", "基盘客户"): (
        ("referral", "保客推荐"), ("add-on", "保客增购"), ("replacement", "保客置换"),
        ("service-station", "服务站外来车主"),
    ),
    ("online", "网络"): (
        ("autohome", "汽车之家"), ("yiche", "易车"), ("dongchedi", "懂车帝"),
        ("website", "官网"), ("new-media", "新媒体"),
    ),
    ("event", "活动"): (
        ("in-store", "店内活动"), ("auto-show", "车展"), ("outdoor", "外场试驾与巡展"),
        ("questionnaire", "活动问卷"),
    ),
    ("outreach", "外拓"): (("door-to-door", "陌拜"), ("list", "名单拜访")),
    ("brand", "厂家客户中心"): (),
    ("agent", "代理与二网"): (),
    ("other", "其他"): (),
}  # fmt: skip

# Groups and their parts (战败原因, domain §1.3).
DEFAULT_LOSS_REASONS: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("product", "产品"): (("equipment", "产品配置不匹配"), ("product-other", "其他产品原因")),
    ("price", "价格金融"): (("price-high", "价格因素"), ("budget", "购买力不足")),
    ("supply", "供货"): (("no-stock", "颜色或现车无货"), ("wait", "交付周期过长")),
    ("service", "服务"): (("service-poor", "对服务不满意"),),
    ("rival", "竞品"): (("rival-bought", "已购竞品"), ("bought-elsewhere", "已购本品（他店）")),
    ("own", "客户自身"): (
        ("postponed", "暂缓购车"), ("cancelled", "取消购车"), ("no-quota", "无购车指标"),
        ("cannot-come", "近期不便到店"), ("far-away", "外省或外地客户"),
    ),
    ("invalid", "无效"): (
        ("no-intent", "无购车意向"), ("unreachable", "联系不上（空错号、多次无人接听）"),
        ("refused", "明确拒绝联系"),
    ),
}  # fmt: skip
ASKS_RIVAL, STOPS_CONTACT = {"rival-bought"}, {"refused"}


@transaction.atomic
def set_up_levels(store: Store) -> dict[str, IntentLevel]:
    """Give the store the intent levels of domain §1.2; what it has already stays as it is."""
    for order, (code, name, horizon, interval, cap, recycle) in enumerate(DEFAULT_LEVELS, 1):
        IntentLevel.objects.get_or_create(
            store=store,
            code=code,
            defaults={
                "name": name,
                "horizon_days": horizon,
                "interval_days": interval,
                "cap_days": cap,
                "recycle_days": recycle,
                "order": order * 10,
            },
        )
    return {level.code: level for level in IntentLevel.objects.filter(store=store)}


@transaction.atomic
def set_up_sources(store: Store) -> dict[str, Source]:
    """Give the store the usual sources in two levels; what it has already stays as it is."""
    for order, ((code, name), parts) in enumerate(DEFAULT_SOURCES.items(), 1):
        group, _made = Source.objects.get_or_create(
            store=store, code=code, defaults={"name": name, "order": order * 10}
        )
        for place, (part, label) in enumerate(parts, 1):
            Source.objects.get_or_create(
                store=store,
                code=part,
                defaults={"name": label, "parent": group, "order": order * 10 + place},
            )
    return {source.code: source for source in Source.objects.filter(store=store)}


@transaction.atomic
def set_up_loss_reasons(store: Store) -> dict[str, LossReason]:
    """Give the store the usual reasons of loss; what it has already stays as it is."""
    for order, ((code, name), parts) in enumerate(DEFAULT_LOSS_REASONS.items(), 1):
        group, _made = LossReason.objects.get_or_create(
            store=store, code=code, defaults={"name": name, "order": order * 10}
        )
        for place, (part, label) in enumerate(parts, 1):
            LossReason.objects.get_or_create(
                store=store,
                code=part,
                defaults={
                    "name": label,
                    "parent": group,
                    "order": order * 10 + place,
                    "asks_rival": part in ASKS_RIVAL,
                    "stops_contact": part in STOPS_CONTACT,
                },
            )
    return {reason.code: reason for reason in LossReason.objects.filter(store=store)}


def set_up_ownership(store: Store) -> OwnershipPolicy:
    """Give the store the usual caps and days of owning customers; what it has stays as it is."""
    policy, _is_new = OwnershipPolicy.objects.get_or_create(store=store)
    return policy
