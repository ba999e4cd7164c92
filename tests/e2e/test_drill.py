"""The drill itself, small: real processes die, and nothing is lost or sent twice."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.e2e.house import ROOT


@pytest.mark.drill
@pytest.mark.xdist_group("browser")
def test_processes_die_and_every_promise_is_kept_once():
    drill = subprocess.run(
        [
            sys.executable, "manage.py", "drill", "kill", "--database", connection.vendor,
            "--deadlines", "30", "--faults", "5", "--seconds", "8",
        ],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "dealership.settings.dev"},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )  # fmt: skip

    assert drill.returncode == 0, drill.stdout + drill.stderr
    assert "kept: 30" in drill.stdout
    assert "SMS twice: 0" in drill.stdout
