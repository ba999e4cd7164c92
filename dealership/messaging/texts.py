"""What may stand in a text message, and how templates become texts (domain §5.4)."""

import math
import re
import unicodedata

from django.utils.translation import gettext as _

from dealership.errors import RuleViolation
from dealership.messaging.purposes import Purpose

MAX_LENGTH = 500
SINGLE_PART = 70
LONG_PART = 67
OPT_OUT_SUFFIX = "拒收请回复R"

VARIABLE = re.compile(r"\{([a-z_]+)\}")
BRACKETS = str.maketrans({"【": "（", "】": "）"})


def parts(body: str, signature: str) -> int:
    """
    Return how many messages the carrier bills: 70 characters fit one, longer ones 67 each.

    The 【signature】 that the gateway puts in front counts; a sign outside the BMP counts twice.
    """
    text = f"【{signature}】{body}" if signature else body
    length = len(text.encode("utf-16-be")) // 2
    return 1 if length <= SINGLE_PART else math.ceil(length / LONG_PART)


def check_body(body: str, purpose: Purpose) -> str:
    """Return `body` as it will be sent, or RuleViolation with what to change."""
    body = unicodedata.normalize("NFC", body).replace("\r\n", "\n").strip()
    if not body:
        raise RuleViolation(_("Write the text of the message."), field="body")
    if "【" in body or "】" in body:
        raise RuleViolation(
            _("Leave out 【 】: the gateway puts the store's signature there itself."), field="body"
        )
    if any(unicodedata.category(sign) == "Cc" and sign != "\n" for sign in body):
        raise RuleViolation(_("The text holds a control character. Type it anew."), field="body")
    if any(unicodedata.category(sign) == "Cs" for sign in body):
        raise RuleViolation(_("The text holds a broken character. Type it anew."), field="body")
    body = with_opt_out(body, purpose)
    if len(body) > MAX_LENGTH:
        raise RuleViolation(
            _("The text is %(length)s characters long; at most %(max)s can be sent.")
            % {"length": len(body), "max": MAX_LENGTH},
            field="body",
        )
    return body


def with_opt_out(body: str, purpose: Purpose) -> str:
    """An advert ends with the way out of it (MIIT order 31, art. 19)."""
    if not purpose.is_marketing or body.endswith(OPT_OUT_SUFFIX):
        return body
    return f"{body} {OPT_OUT_SUFFIX}"


def check_template(body: str, purpose: Purpose) -> str:
    """Return the template's text, or RuleViolation: it holds only the purpose's variables."""
    checked = check_body(body, purpose)
    known = "、".join(f"{{{name}}}" for name in purpose.variables)
    for name in VARIABLE.findall(checked):
        if name not in purpose.variables:
            raise RuleViolation(
                _("“{%(name)s}” is no variable of this message. You may use: %(known)s")
                % {"name": name, "known": known or "–"},
                field="body",
            )
    if re.search(r"[{}]", VARIABLE.sub("", checked)):
        raise RuleViolation(
            _("A brace stands alone. Write variables as {name}. You may use: %(known)s")
            % {"known": known or "–"},
            field="body",
        )
    if "}{" in checked:
        raise RuleViolation(
            _("Two variables stand side by side. Put a word or a comma between them."),
            field="body",
        )
    return checked


def fill(template: str, values: dict[str, str]) -> str:
    """Put `values` into `template`; a variable without a value is a programming error."""
    missing = set(VARIABLE.findall(template)) - set(values)
    if missing:
        raise LookupError(f"no value for {sorted(missing)}")
    return VARIABLE.sub(lambda found: _plain(values[found[1]]), template)


def read_back(template: str, body: str) -> dict[str, str] | None:
    """
    Return the values with which `template` gives `body`, or None if it can't.

    Platforms that send approved templates only want the values, not the text: a text edited by
    hand goes through them as long as it still fits the approved template.
    """
    pattern, seen, end = "", set(), 0
    for found in VARIABLE.finditer(template):
        name = found[1]
        pattern += re.escape(template[end : found.start()])
        pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
        seen.add(name)
        end = found.end()
    match = re.fullmatch(pattern + re.escape(template[end:]), body, re.DOTALL)
    return match.groupdict() if match else None


def _plain(value: object) -> str:
    """A value can't bring brackets, braces or line breaks into the text."""
    text = str(value).translate(BRACKETS)
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).strip()
