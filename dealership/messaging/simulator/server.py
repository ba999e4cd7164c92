"""The simulator's HTTP: /send and /query for the house, the rest for people and tests."""

import json
import socket
import struct
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from dealership.messaging.signing import SIGNATURE_HEADER, TIME_HEADER, age, is_genuine
from dealership.messaging.simulator import page
from dealership.messaging.simulator.faults import QUERY, RECEIPT, SEND, Fault, Faults, UnknownFault
from dealership.messaging.simulator.ledger import Ledger
from dealership.messaging.simulator.push import Push

STYLE = Path(__file__).with_name("phones.css")
MAX_BODY = 100_000
Answer = dict[str, Any]


class Simulator(ThreadingHTTPServer):
    """One provider: its ledger, its faults, and the way to the house's hooks."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(
        self, address: tuple[str, int], *, key: str, ledger: Ledger, push: Push, window: float = 60
    ):
        super().__init__(address, Handler)
        self.key, self.ledger, self.push, self.window = key, ledger, push, window
        self.faults = Faults()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news."""

    def receipt(self, message: dict[str, Any], fault: Fault) -> None:
        """Deliver the message to its phone and tell the house, as well as the fault allows."""
        failed = fault.name == "receipt_failed"
        status, code = ("failed", "MK:0001") if failed else ("delivered", "DELIVERED")
        self.ledger.close(message["id"], status=status, code=code)
        if fault.name == "receipt_missing":
            return
        times = 2 if fault.name == "receipt_double" else 1
        delay = fault.seconds if fault.name == "receipt_late" else 0.0
        for _time in range(times):
            self.push.receipt(message, is_delivered=not failed, code=code, delay=delay)


class Handler(BaseHTTPRequestHandler):
    server: Simulator
    protocol_version = "HTTP/1.1"
    timeout = 30
    # Header and body in one packet: apart they cost 40 ms a call (Nagle and delayed ACK).
    wbufsize = 65536
    disable_nagle_algorithm = True
    GET_PATHS: ClassVar = {
        "/": "phones",
        "/phones.css": "style",
        "/messages": "messages",
        "/stats": "stats",
        "/faults": "show_faults",
        "/healthz": "healthy",
    }
    POST_PATHS: ClassVar = {
        "/send": "send",
        "/query": "query",
        "/inbound": "inbound",
        "/faults": "plan_faults",
        "/wipe": "wipe",
    }

    def do_GET(self) -> None:
        self.dispatch(self.GET_PATHS)

    def do_POST(self) -> None:
        self.dispatch(self.POST_PATHS)

    def dispatch(self, paths: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        self.params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            self.answer({"error": "too long"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        self.body = self.rfile.read(length)
        name = paths.get(parts.path)
        if name is None:
            self.answer({"error": "no such address"}, HTTPStatus.NOT_FOUND)
            return
        try:
            getattr(self, name)()
        except (ValueError, KeyError, UnicodeDecodeError) as error:
            self.answer({"error": repr(error)}, HTTPStatus.BAD_REQUEST)

    def data(self) -> dict[str, Any]:
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}
        found = json.loads(self.body or b"{}")
        if not isinstance(found, dict):
            raise ValueError("an object is wanted")
        return found

    def answer(self, data: Any, status: int = HTTPStatus.OK) -> None:
        self.reply(json.dumps(data, ensure_ascii=False).encode(), "application/json", status)

    def reply(self, body: bytes, kind: str, status: int = HTTPStatus.OK, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    # For the house

    def refused_signature(self) -> Answer | None:
        """A stranger's call, or one signed too long ago: surely not taken."""
        moment = self.headers.get(TIME_HEADER, "")
        signature = self.headers.get(SIGNATURE_HEADER, "")
        if not is_genuine(self.server.key, moment, signature, self.body):
            return {"status": "not_sent", "code": "SignatureDoesNotMatch"}
        if age(moment, time.time()) > self.server.window:
            return {"status": "not_sent", "code": "InvalidTimeStamp.Expired"}
        return None

    def send(self) -> None:
        if refused := self.refused_signature():
            self.answer(refused, HTTPStatus.FORBIDDEN)
            return
        message = self.data()
        message = {name: str(message[name]) for name in ("out_id", "phone", "signature", "body")}
        fault = self.server.faults.draw(SEND)
        if fault.name == "stall":
            time.sleep(fault.seconds)
            if refused := self.refused_signature():
                self.answer(refused, HTTPStatus.FORBIDDEN)
                return
        if fault.name in {"drop", "reset", "error", "busy"}:
            self.misbehave(fault)
            return
        if fault.name == "refuse":
            self.server.ledger.refuse(message, fault.code)
            self.answer({"status": "refused", "code": fault.code})
            return
        self.take(message, fault)

    def take(self, message: dict[str, str], fault: Fault) -> None:
        receipt = self.server.faults.draw(RECEIPT)
        row = self.server.ledger.accept(message)
        if receipt.name == "receipt_early":
            self.server.receipt(row, receipt)
            time.sleep(0.3)
        if fault:
            self.misbehave(fault)
        if not fault or fault.name == "slow_accepted":
            self.answer({"status": "accepted", "provider_id": row["provider_id"], "code": "OK"})
        if receipt.name != "receipt_early":
            self.server.receipt(row, receipt)

    def query(self) -> None:
        if refused := self.refused_signature():
            self.answer(refused, HTTPStatus.FORBIDDEN)
            return
        out_id = str(self.data()["out_id"])
        fault = self.server.faults.draw(QUERY)
        if fault.name in {"query_error", "query_reset", "query_drop"}:
            self.misbehave(fault)
            return
        if fault.name == "query_slow":
            time.sleep(fault.seconds)
        found = self.server.ledger.find(out_id)
        if (
            found
            and fault.name == "query_lag"
            and time.time() - found["accepted_at"] < fault.seconds
        ):
            found = None
        if found:
            status = "refused" if found["status"] == "failed" else found["status"]
            code = found["code"] if status == "refused" else ""
            self.answer({"status": status, "provider_id": found["provider_id"], "code": code})
        elif code := self.server.ledger.refusal_of(out_id):
            self.answer({"status": "refused", "code": code})
        else:
            self.answer({"status": "absent"})

    def misbehave(self, fault: Fault) -> None:
        """Do with the connection what the fault says."""
        kind = fault.name.removeprefix("query_").removesuffix("_accepted")
        match kind:
            case "slow":
                time.sleep(fault.seconds)
            case "error":
                self.answer({"error": "internal"}, HTTPStatus.INTERNAL_SERVER_ERROR)
            case "busy":
                self.answer(
                    {"status": "not_sent", "code": "Throttling.User"}, HTTPStatus.TOO_MANY_REQUESTS
                )
            case "garbage":
                self.reply(b"<html>504 somewhere on the way", "text/html")
            case "drop" | "reset":
                if kind == "reset":
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                self.connection.close()

    # For people and tests

    def phones(self) -> None:
        html = page.render(
            self.server.ledger,
            chosen=self.params.get("phone", ""),
            language=self.params.get("lang") or self.headers.get("Accept-Language") or "zh",
        )
        self.reply(
            html.encode(), "text/html",
            Content_Security_Policy="default-src 'none'; style-src 'self'; form-action 'self'",
            Cache_Control="no-store",
        )  # fmt: skip

    def style(self) -> None:
        self.reply(STYLE.read_bytes(), "text/css")

    def messages(self) -> None:
        after = int(self.params.get("after") or 0)
        wanted = {name: self.params.get(name, "") for name in ("phone", "out_id")}
        self.answer(self.server.ledger.messages(after=after, **wanted))

    def stats(self) -> None:
        self.answer({**self.server.ledger.counts(), "doubles": self.server.ledger.doubles()})

    def healthy(self) -> None:
        self.answer({"status": "ok"})

    def show_faults(self) -> None:
        self.answer({"plan": self.server.faults.as_dict(), "kinds": [*SEND, *RECEIPT, *QUERY]})

    def plan_faults(self) -> None:
        try:
            self.server.faults.plan(self.data())
        except UnknownFault as error:
            self.answer({"error": f"no such fault: {error}"}, HTTPStatus.BAD_REQUEST)
            return
        self.answer(self.server.faults.as_dict())

    def inbound(self) -> None:
        data = self.data()
        reply = self.server.ledger.reply(str(data["phone"]), str(data["body"])[:500])
        self.server.push.inbound(reply)
        if "back" in data:
            where = f"/?phone={data['phone'].replace('+', '%2B')}&lang={data.get('lang', 'zh')[:2]}"
            self.reply(b"", "text/plain", HTTPStatus.SEE_OTHER, Location=where)
            return
        self.answer(reply)

    def wipe(self) -> None:
        self.server.ledger.wipe()
        self.answer({"status": "ok"})

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the ledger is the log."""


def serve(server: Simulator) -> None:
    """Answer until the process ends; push calls have a thread of their own."""
    threading.Thread(target=server.push.run, daemon=True).start()
    server.serve_forever(poll_interval=0.2)
