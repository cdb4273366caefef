"""Serve the Hub of the tests until Ctrl-C, to try releases offline: `PYTHONPATH=tests python -m hub FOLDER [PORT]`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from .server import WRITE, Hub

with Hub(Path(sys.argv[1]), port=int(sys.argv[2]) if len(sys.argv) > 2 else 0) as hub:
    sys.stdout.write(f"export HF_ENDPOINT={hub.url} HF_HUB_DISABLE_XET=1 HF_TOKEN={WRITE}\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
