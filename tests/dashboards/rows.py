"""Counts the rows of a list as a reader would: page after page."""

import html
import re
from urllib.parse import urljoin

from django.test import Client

# What a row of each list looks like, by the beginning of the list's address.
ROWS = {
    "/register/": r'<tr id="visit-\d+"',
    "/deadlines/": r'<tr id="deadline-\d+"',
    "/orders/": r'<th scope="row"><a href="/orders/\d+/"',
    "/deliveries/dms/": r'<th scope="row"><a href="/deliveries/\d+/"',
    "/deliveries/": r'<th scope="row"><a href="/deliveries/\d+/"',
}
NEXT = re.compile(r'<a class="btn" href="([^"]+)" rel="next"')


def rows_behind(client: Client, url: str) -> int:
    """Open the list at `url`, turn every page, and count the rows that are shown."""
    row = next(row for start, row in ROWS.items() if url.startswith(start))
    found, seen = 0, set()
    while url and url not in seen:
        seen.add(url)
        response = client.get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}"
        found += len(re.findall(row, response.text))
        following = NEXT.search(response.text)
        url = urljoin(url, html.unescape(following[1])) if following else ""
    return found
