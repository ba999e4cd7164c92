"""The simulator as a real process, for tests that speak HTTP with it."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class SimulatorProcess:
    def __init__(self, *extra: str):
        command = [sys.executable, "manage.py", "sms_simulator", "--port", "0", *extra]
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "dealership.settings.test"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.process.stdout.readline()
        while line and "http://" not in line:
            line = self.process.stdout.readline()
        assert line, "the simulator did not start"
        self.url = line.split()[-1].rstrip("/")

    def call(self, path, data=None):
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            self.url + path, body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def page(self, path="/"):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def faults(self, **plan):
        return self.call("/faults", plan)

    def messages(self, **params):
        query = "&".join(f"{name}={value}" for name, value in params.items())
        return self.call(f"/messages?{query}")

    def stats(self):
        return self.call("/stats")

    def reset(self):
        self.call("/wipe", {})
        self.faults()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
