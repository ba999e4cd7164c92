"""One Chromium for all browser tests of a process: a second Playwright would fail."""

import atexit
import os
import shutil
from functools import cache

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@cache
def chromium() -> Browser:
    """Start the machine's Chromium; skip, and say why, where there is none."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    # Playwright keeps an event loop in this thread; Django's test rows are read beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    flags = ["--no-sandbox", "--disable-background-networking"]
    return playwright.chromium.launch(executable_path=path, args=flags)
