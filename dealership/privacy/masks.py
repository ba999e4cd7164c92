"""How personal facts look to those who need not see them (PIPL art. 51, domain §5.1)."""

from dealership.names import DOUBLE_SURNAMES

SHOWN_HEAD = 3
SHOWN_TAIL = 4


def mask_phone(number: str) -> str:
    """`+8613800138000` → `138****8000`; short numbers keep their last two digits."""
    national = number.removeprefix("+86")
    if len(national) <= SHOWN_HEAD + SHOWN_TAIL:
        return "*" * max(len(national) - 2, 0) + national[-2:]
    hidden = "*" * (len(national) - SHOWN_HEAD - SHOWN_TAIL)
    return national[:SHOWN_HEAD] + hidden + national[-SHOWN_TAIL:]


def show_phone(number: str) -> str:
    """`+8613800138000` → `138 0013 8000`, for those who may see it."""
    national = number.removeprefix("+86")
    if len(national) == 11 and national.startswith("1"):
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    return national


def mask_name(name: str) -> str:
    """`王建国` → `王**`, `欧阳雪` → `欧阳*`: how somebody who has no business with them sees it."""
    head = 2 if name[:2] in DOUBLE_SURNAMES else 1
    return name[:head] + "*" * min(max(len(name) - head, 1), 4)
