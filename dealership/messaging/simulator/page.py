"""The page of phones: a calm list of numbers on the left, one phone's screen on the right."""

from datetime import UTC, datetime, timedelta, timezone
from html import escape
from typing import Any
from urllib.parse import quote

from dealership.messaging.simulator.ledger import Ledger

CURRENT = ' aria-current="page"'
CHINA = timezone(timedelta(hours=8))
WORDS = {
    "zh": {
        "title": "短信模拟器", "subtitle": "短信不会发往真实手机，都显示在这里。",
        "phones": "手机",
        "none": "还没有短信。发送后，收件手机会出现在这里。",
        "choose": "点左侧号码，查看这部手机。",
        "reply": "以这位客户的身份回复…", "send": "回复", "opt_out": "回复 R（拒收）",
        "accepted": "已接收", "delivered": "已送达", "failed": "未送达", "refresh": "刷新",
        "counts": "接收 %(accepted)s · 重复 %(doubled)s · 拒绝 %(refused)s · 回复 %(replies)s",
        "other": "English", "you": "客户", "items": "%s 条",
    },
    "en": {
        "title": "SMS simulator", "subtitle": "Nothing goes to real phones; it all shows up here.",
        "phones": "Phones", "none": "No messages yet. Phones appear here once they get one.",
        "choose": "Choose a number to look at that phone.", "reply": "Reply as this customer…",
        "send": "Reply", "opt_out": "Reply R (stop)", "accepted": "accepted",
        "delivered": "delivered", "failed": "not delivered", "refresh": "Refresh",
        "counts": "%(accepted)s accepted · %(doubled)s doubled · %(refused)s refused"
                  " · %(replies)s replies",
        "other": "中文", "you": "customer", "items": "%s",
    },
}  # fmt: skip


def render(ledger: Ledger, *, chosen: str, language: str) -> str:
    """Return the page; `chosen` is the number whose phone is looked at."""
    lang = "en" if language.lower().startswith("en") else "zh"
    words = WORDS[lang]
    phones = ledger.phones()
    if not chosen and phones:
        chosen = phones[0]["phone"]
    counts = ledger.counts()
    figures = words["counts"] % counts
    doubled = "<b>!</b> " if counts["doubled"] else ""
    other = "zh" if lang == "en" else "en"
    here = f"/?lang={lang}&amp;phone={quote(chosen)}"
    return f"""<!doctype html>
<html lang="{"en" if lang == "en" else "zh-Hans"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{words["title"]}</title>
<link rel="stylesheet" href="/phones.css"></head><body>
<header><h1>{words["title"]}</h1><p>{words["subtitle"]}</p>
<a href="{here}">{words["refresh"]}</a>
<a href="/?lang={other}&amp;phone={quote(chosen)}">{words["other"]}</a></header>
<p class="counts">{doubled}{figures}</p>
<main><nav aria-label="{words["phones"]}"><h2>{words["phones"]}</h2>
{_list(phones, chosen, lang)}</nav>
{_phone(ledger, chosen, lang)}</main></body></html>"""


def _list(phones: list[dict[str, Any]], chosen: str, lang: str) -> str:
    words = WORDS[lang]
    if not phones:
        return f'<p class="empty">{words["none"]}</p>'
    return "".join(
        f'<a href="/?lang={lang}&amp;phone={quote(row["phone"])}"'
        f"{CURRENT if row['phone'] == chosen else ''}>"
        f"<span>{escape(_spaced(row['phone']))}</span>"
        f"<small>{words['items'] % row['count']} · {_clock(row['latest_at'])}</small></a>"
        for row in phones
    )


def _phone(ledger: Ledger, chosen: str, lang: str) -> str:
    words = WORDS[lang]
    if not chosen:
        return f'<section class="phone"><p class="empty">{words["choose"]}</p></section>'
    bubbles = "".join(_bubble(row, lang) for row in ledger.screen(chosen))
    hidden = (
        f'<input type="hidden" name="phone" value="{escape(chosen)}">'
        f'<input type="hidden" name="lang" value="{lang}">'
        '<input type="hidden" name="back" value="1">'
    )
    return f"""<section class="phone"><h2>{escape(_spaced(chosen))}</h2><ol>{bubbles}</ol>
<form method="post" action="/inbound">{hidden}<input name="body" required maxlength="300"
 autocomplete="off" placeholder="{words["reply"]}" aria-label="{words["reply"]}">
<button>{words["send"]}</button></form>
<form class="stop" method="post" action="/inbound">{hidden}
<input type="hidden" name="body" value="R"><button>{words["opt_out"]}</button></form></section>"""


def _bubble(row: dict[str, Any], lang: str) -> str:
    words = WORDS[lang]
    if row["way"] == "out":
        when = f"<small>{words['you']} · {_clock(row['at'])}</small>"
        return f'<li class="out">{escape(row["body"])}{when}</li>'
    sign = f"【{escape(row['signature'])}】" if row["signature"] else ""
    return (
        f"<li>{sign}{escape(row['body'])}"
        f'<small class="{row["status"]}">{words[row["status"]]} · {_clock(row["at"])}</small></li>'
    )


def _spaced(phone: str) -> str:
    number = phone.removeprefix("+86")
    is_mobile = len(number) == 11 and number.startswith("1")
    return f"{number[:3]} {number[3:7]} {number[7:]}" if is_mobile else phone


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(CHINA).strftime("%m-%d %H:%M")
