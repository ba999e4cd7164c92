"""`make screenshots`: the pictures of README and every main page to look at, from the demo."""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings.dev")

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = 8765
HOST = f"http://127.0.0.1:{PORT}"
CHROMIUM = "/usr/bin/chromium"
SIZES = {"phone": (360, 780), "tablet": (820, 1180), "desktop": (1440, 900)}
# Name, path, as whom, on what; these are README's.
README = (
    ("board", "/board/", "chen.jianguo", "desktop"),
    ("floor", "/floor/", "zhou.min", "tablet"),
    ("today", "/today/", "li.na", "phone"),
    ("walk-in", "/visits/new/", "zhou.min", "phone"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, help="a folder for every page, size, language, theme")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    options = parser.parse_args()
    server = serve()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
            )
            if options.all:
                everything(browser, options.all, options.only)
            else:
                for name, path, user, size in README:
                    picture(browser, PICTURES / f"{name}.png", path, user, size)
    finally:
        server.terminate()


def serve() -> subprocess.Popen[bytes]:
    """Serve the demo from a database of its own, made if it is missing."""
    database = ROOT / "var" / "screenshots.sqlite3"
    database.parent.mkdir(exist_ok=True)
    env = {
        **os.environ,
        "DATABASE_URL": os.environ.get("SCREENSHOTS_DATABASE", f"sqlite:///{database}"),
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "dealership.settings.dev",
    }
    manage = [sys.executable, str(ROOT / "manage.py")]
    for step in (["migrate", "-v0"], ["demo", "--if-empty"], ["tick"]):
        subprocess.run([*manage, *step], env=env, check=True)  # noqa: S603
    command = [*manage, "runserver", "--noreload", "--insecure", str(PORT)]
    server = subprocess.Popen(command, env=env)  # noqa: S603
    for _attempt in range(150):
        time.sleep(0.2)
        try:
            requests.get(f"{HOST}/login/", timeout=5)
        except requests.ConnectionError:
            continue
        return server
    sys.exit("the server does not answer")


def sign_in(
    browser: Browser, user: str, size: str, *, language: str = "zh-hans", theme: str = "light"
) -> Page:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if size == "phone" else 1,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme=theme,  # type: ignore[arg-type]
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": HOST}])
    page = context.new_page()
    page.goto(f"{HOST}/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", password())
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/(today|board)/"))
    return page


def password() -> str:
    """The demo's, as README tells it."""
    return re.search(r"All have the password `([^`]+)`", (ROOT / "README.md").read_text())[1]


def picture(browser: Browser, target: Path, path: str, user: str, size: str, **look: str) -> None:
    page = sign_in(browser, user, size, **look)
    page.goto(HOST + path)
    page.wait_for_load_state("load")
    page.wait_for_timeout(1200)
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target)
    page.context.close()


def everything(browser: Browser, folder: Path, only: str) -> None:
    """Each page in the looks that it has to stand: three widths, two languages, two themes."""
    pages = (
        *((name, path, user) for name, path, user, _size in README),
        ("register", "/register/", "chen.jianguo"),
        ("customers", "/customers/", "chen.jianguo"),
        ("leads", "/leads/", "chen.jianguo"),
        ("orders", "/orders/", "chen.jianguo"),
        ("deliveries", "/deliveries/", "chen.jianguo"),
        ("dms", "/deliveries/dms/", "lin.fang"),
        ("deadlines", "/deadlines/?state=late", "chen.jianguo"),
        ("limits", "/deadlines/limits/", "chen.jianguo"),
        ("sms", "/messages/", "chen.jianguo"),
        ("templates", "/messages/templates/", "chen.jianguo"),
        ("health", "/health/", "chen.jianguo"),
        ("people", "/people/", "huang.zhiyuan"),
        ("roster", "/roster/", "chen.jianguo"),
        ("profile", "/me/", "li.na"),
        ("call", "/visits/call/", "li.na"),
        ("message", "/visits/message/", "li.na"),
    )
    for name, path, user in pages:
        if only not in name:
            continue
        for size in SIZES:
            picture(browser, folder / f"{name}-{size}.png", path, user, size)
        picture(browser, folder / f"{name}-dark.png", path, user, "phone", theme="dark")
        picture(browser, folder / f"{name}-en.png", path, user, "desktop", language="en")


if __name__ == "__main__":
    main()
