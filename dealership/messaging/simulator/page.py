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
        "title": "短信模拟器", "subtitle": "短信不会发往真实手机，都显示在这里。", "phones": "手机",
        "none": "还没有短信。发送后，收件手机会出现在这里。", "choose": "点左侧号码，查看这部手机。",
        "reply": "以这位客户的身份回复…", "send": "回复", "opt_out": "回复 R（拒收）",
        "accepted": "已接收", "delivered": "已送达", "failed": "未送达", "refresh": "刷新",
        "counts": "接收 %(accepted)s 条 · 重复 %(doubled)s 条 · 拒绝 %(refused)s 条 · 回复 %(replies)s 条",
        "other": "English", "you": "客户", "items": "%s 条",
    },
    "en": {
        "title": "SMS simulator", "subtitle": "Nothing goes to real phones; it all shows up here.",
        "phones": "Phones", "none": "No messages yet. Phones appear here once they get one.",
        "choose": "Choose a number to look at that phone.", "reply": "Reply as this customer…",
        "send": "Reply", "opt_out": "Reply R (stop)", "accepted": "accepted",
        "delivered": "delivered", "failed": "not delivered", "refresh": "Refresh",
        "counts": "%(accepted)s accepted · %(doubled)s doubled · %(refused)s refused · %(replies)s replies",
        "other": "中文", "you": "customer", "items": "%s",
    },
}  # fmt: skip

STYLE = """
:root{color-scheme:light dark;--paper:#f4f5f3;--card:#fff;--ink:#1e2422;--soft:#69736f;--line:#dfe3e0;
--brand:#0b5d51;--mine:#d9ece7;--theirs:#fff;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#141816;--card:#1d2220;--ink:#e6eae8;--soft:#95a09b;
--line:#323936;--brand:#6fc5b4;--mine:#1f4a42;--theirs:#262c2a;--bad:#f2b8b5}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",
"Noto Sans CJK SC",sans-serif;background:var(--paper);color:var(--ink)}
header{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;padding:16px 20px}
h1{font-size:20px;margin:0}header p{margin:0;color:var(--soft);flex:1 1 240px}a{color:var(--brand)}
.counts{padding:0 20px 12px;color:var(--soft);font-variant-numeric:tabular-nums}.counts b{color:var(--bad)}
main{display:grid;grid-template-columns:minmax(220px,300px) 1fr;gap:16px;padding:0 20px 32px;align-items:start}
@media (max-width:700px){main{grid-template-columns:1fr}.phone{order:-1}}
nav{background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden}
nav h2{font-size:14px;margin:0;padding:10px 16px;color:var(--soft);border-bottom:1px solid var(--line)}
nav a{display:flex;justify-content:space-between;gap:8px;min-height:44px;align-items:center;padding:6px 16px;
text-decoration:none;color:inherit;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
nav a:last-child{border-bottom:0}nav a[aria-current]{background:var(--mine)}nav small{color:var(--soft)}
a:focus-visible,input:focus-visible,button:focus-visible{outline:3px solid var(--brand);outline-offset:-3px}
.phone{max-width:440px;width:100%;justify-self:center;background:var(--card);border:1px solid var(--line);
border-radius:28px;padding:18px 16px 14px;box-shadow:0 8px 30px rgb(0 0 0/8%)}
.phone h2{font-size:16px;text-align:center;margin:0 0 12px;font-variant-numeric:tabular-nums}
ol{list-style:none;margin:0;padding:0;display:flex;flex-direction:column;gap:10px;min-height:220px}
li{max-width:86%;padding:8px 12px;border-radius:14px;background:var(--theirs);border:1px solid var(--line);
white-space:pre-wrap;overflow-wrap:anywhere}li.out{align-self:flex-end;background:var(--mine)}
li small{display:block;color:var(--soft);margin-top:2px;white-space:normal}li small.failed{color:var(--bad)}
form{display:flex;gap:8px;margin-top:12px}input[name=body]{flex:1;min-width:0;font:inherit;padding:10px 14px;
border:1px solid var(--line);border-radius:22px;background:var(--paper);color:inherit}
button{font:inherit;min-height:44px;padding:0 18px;border:0;border-radius:22px;background:var(--brand);
color:var(--card);cursor:pointer}.stop{justify-content:center}.stop button{background:none;color:var(--soft);
border:1px solid var(--line)}.empty{color:var(--soft);padding:24px 16px;text-align:center}
"""


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
<style>{STYLE}</style></head><body>
<header><h1>{words["title"]}</h1><p>{words["subtitle"]}</p>
<a href="{here}">{words["refresh"]}</a>
<a href="/?lang={other}&amp;phone={quote(chosen)}">{words["other"]}</a></header>
<p class="counts">{doubled}{figures}</p>
<main><nav aria-label="{words["phones"]}"><h2>{words["phones"]}</h2>{_list(phones, chosen, lang)}</nav>
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
        f'<input type="hidden" name="lang" value="{lang}"><input type="hidden" name="back" value="1">'
    )
    return f"""<section class="phone"><h2>{escape(_spaced(chosen))}</h2><ol>{bubbles}</ol>
<form method="post" action="/inbound">{hidden}<input name="body" required maxlength="300"
 autocomplete="off" placeholder="{words["reply"]}" aria-label="{words["reply"]}"><button>{words["send"]}</button></form>
<form class="stop" method="post" action="/inbound">{hidden}<input type="hidden" name="body" value="R">
<button>{words["opt_out"]}</button></form></section>"""


def _bubble(row: dict[str, Any], lang: str) -> str:
    words = WORDS[lang]
    if row["way"] == "out":
        return f'<li class="out">{escape(row["body"])}<small>{words["you"]} · {_clock(row["at"])}</small></li>'
    sign = f"【{escape(row['signature'])}】" if row["signature"] else ""
    return (
        f"<li>{sign}{escape(row['body'])}"
        f'<small class="{row["status"]}">{words[row["status"]]} · {_clock(row["at"])}</small></li>'
    )


def _spaced(phone: str) -> str:
    national = phone.removeprefix("+86")
    return f"{national[:3]} {national[3:7]} {national[7:]}" if len(national) == 11 else phone  # noqa: PLR2004


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(CHINA).strftime("%m-%d %H:%M")
