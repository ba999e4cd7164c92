"""
gunicorn's configuration, the same for `make run` and for production.

Run as a module it asks a web process for its health, for containers without curl.
"""

import http.client
import os
import sys

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 15
keepalive = 5
control_socket_disable = True
errorlog = "-"
accesslog = "-"
# The path without its query, and no address: log lines carry no personal data.
access_log_format = "%(m)s %(U)s %(s)s %(B)sB %(M)sms"


def health(host: str) -> int:
    """Return the status that the web process at `host` gives its health page."""
    connection = http.client.HTTPConnection(host, timeout=5)
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
    connection.request("GET", "/healthz", headers={"Host": name, "X-Forwarded-Proto": "https"})
    return connection.getresponse().status


if __name__ == "__main__":
    # A web process lives while it answers; `--ticking` asks whether the clock runs as well.
    status = health(next((word for word in sys.argv[1:] if not word.startswith("-")), bind))
    alive = {200} if "--ticking" in sys.argv else {200, 503}
    sys.exit(0 if status in alive else f"health is {status}")
