"""Who works in the invented stores, and what they sell."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dealership.staff.roles import Role

# Shared by every demo sign-in; a production start refuses a database that holds the demo.
PASSWORD = "xingchen-2025"  # noqa: S105


@dataclass(frozen=True)
class Person:
    """Somebody of the cast; `pace` is how often they keep a promise in time."""

    username: str
    name: str
    role: Role
    team: str = ""
    pace: float = 0.93


MAIN_STORE = {
    "code": "wuhan-xingchen",
    "name": "武汉星辰东风风神专营店（演示）",
    "phone": "027-80000001",
    "city": "武汉",
}
SISTER_STORE = {
    "code": "wuhan-chenguang",
    "name": "武汉晨光东风风神专营店（演示）",
    "phone": "027-80000002",
    "city": "武汉",
}

TEAMS = ("一组", "二组")

CONSULTANTS = (
    Person("li.na", "李娜", Role.CONSULTANT, "一组", 0.97),
    Person("zhang.wei", "张伟", Role.CONSULTANT, "一组", 0.95),
    Person("liu.yang", "刘洋", Role.CONSULTANT, "一组", 0.88),
    Person("zhao.lei", "赵磊", Role.CONSULTANT, "一组", 0.92),
    Person("sun.qian", "孙倩", Role.CONSULTANT, "一组", 0.96),
    Person("he.jing", "何静", Role.CONSULTANT, "一组", 0.94),
    Person("wang.qiang", "王强", Role.CONSULTANT, "二组", 0.93),
    Person("wu.hao", "吴昊", Role.CONSULTANT, "二组", 0.81),
    Person("xu.li", "徐丽", Role.CONSULTANT, "二组", 0.95),
    Person("zheng.kai", "郑凯", Role.CONSULTANT, "二组", 0.90),
    Person("feng.xue", "冯雪", Role.CONSULTANT, "二组", 0.98),
    Person("ma.chao", "马超", Role.CONSULTANT, "二组", 0.86),
    Person("tian.yu", "田雨", Role.CONSULTANT, "一组", 0.93),
    Person("pan.jie", "潘杰", Role.CONSULTANT, "二组", 0.91),
    Person("dong.hui", "董慧", Role.CONSULTANT, "一组", 0.95),
    Person("yuan.bo", "袁博", Role.CONSULTANT, "二组", 0.89),
)
OTHERS = (
    Person("zhou.min", "周敏", Role.RECEPTIONIST),
    Person("han.bing", "韩冰", Role.DRIVE_SPECIALIST),
    Person("lin.fang", "林芳", Role.CLERK),
    Person("luo.gang", "罗刚", Role.SERVICE_ADVISOR),
    Person("deng.ting", "邓婷", Role.SERVICE_SPECIALIST),
    Person("cao.li", "曹莉", Role.CASHIER),
    Person("peng.yong", "彭勇", Role.STOREKEEPER),
    Person("chen.jianguo", "陈建国", Role.SALES_MANAGER),
    Person("huang.zhiyuan", "黄志远", Role.GENERAL_MANAGER),
    Person("guo.tao", "郭涛", Role.GROUP_ADMIN),
)
SISTERS = (
    Person("yu.jie", "于洁", Role.RECEPTIONIST),
    Person("jiang.xin", "蒋欣", Role.CONSULTANT, "一组", 0.94),
    Person("shen.yang", "沈洋", Role.CONSULTANT, "一组", 0.90),
    Person("ye.qing", "叶青", Role.CONSULTANT, "一组", 0.92),
    Person("tang.min", "唐敏", Role.SALES_MANAGER),
)
# Works in both stores: shows the store switch.
IN_BOTH = "huang.zhiyuan"

# Names and kinds of the brand's series (domain §6); trims and prices are invented and say so.
SERIES = (
    # code, name, body, energy, how often it is asked for
    ("yixuan-max", "奕炫MAX", "sedan", "petrol", 22),
    ("haoji", "皓极", "suv", "hybrid", 20),
    ("haohan", "皓瀚", "suv", "petrol", 16),
    ("l7", "风神L7", "suv", "plug_in", 18),
    ("l8", "风神L8", "suv", "plug_in", 8),
    ("yixuan", "奕炫", "sedan", "petrol", 9),
    ("ax7", "AX7", "suv", "petrol", 6),
    ("e70", "E70", "sedan", "electric", 4),
)
TRIMS = ("豪华型（演示数据）", "尊享型（演示数据）", "旗舰型（演示数据）")
BASE_PRICE = {
    "yixuan-max": 99_800,
    "haoji": 126_800,
    "haohan": 89_800,
    "l7": 128_800,
    "l8": 139_800,
    "yixuan": 75_800,
    "ax7": 96_800,
    "e70": 109_800,
}

PRICED_FROM = date(2025, 1, 1)
# What the trims have besides what the one below has.
FEATURES = (
    ("isofix", "spare_wheel", "voice", "big_screen"),
    ("sunroof", "camera_360", "cruise", "side_airbags", "connected"),
    ("panorama", "leather", "heated_seats", "power_seat", "lane", "parking", "power_tailgate"),
)
# Energy → what is invented of it: engine, kW, L/100 km, km of electric range.
DRIVES: dict[str, tuple[str, int, str | None, int | None]] = {
    "petrol": ("1.5T", 140, "6.2", None),
    "hybrid": ("1.5T HEV", 180, "4.6", None),
    "plug_in": ("1.5T PHEV", 210, "1.4", 120),
    "electric": ("EV", 150, None, 430),
}


def trim_facts(energy: str, step: int) -> dict[str, Any]:
    """What a trim is said to have, invented like its name: the higher has all of the lower."""
    engine, power, consumption, reach = DRIVES[energy]
    single = energy == "electric"
    gearbox = "single" if single else "manual" if step == 0 and energy == "petrol" else "automatic"
    return {
        "engine": engine,
        "power_kw": power + 10 * step,
        "consumption": Decimal(consumption) if consumption else None,
        "range_km": reach,
        "gearbox": gearbox,
        "features": [name for group in FEATURES[: step + 1] for name in group],
    }


# Where guests come from, and how often (domain §2.1); the rest comes by portals and campaigns.
SOURCES = (
    ("walk-in", 36),
    ("referral", 14),
    ("autohome", 7),
    ("dongchedi", 8),
    ("yiche", 3),
    ("website", 2),
    ("new-media", 10),
    ("outdoor", 7),
    ("brand", 5),
    ("call", 6),
    ("replacement", 3),
    ("in-store", 1),
    ("auto-show", 1),
    ("list", 1),
    ("other", 2),
)
