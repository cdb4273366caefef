"""A run that is killed at any moment pays again for no more than was in flight."""

from __future__ import annotations

import math
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from kill_child import IN_FLIGHT

from scripted_server import Call, Say, ScriptedServer, completion

CHILD = Path(__file__).with_name("kill_child.py")


def test_killed_runs_send_again_at_most_what_was_in_flight(tmp_path: Path) -> None:
    count, draw = 3000, random.Random(7)

    def script(call: Call) -> Say:
        return Say(completion(f"echo {call.prompt}").payload, delay_s=draw.uniform(0.002, 0.03))

    kills = 0
    with ScriptedServer(script) as server:
        while True:
            # A moment by the server's count, so that a fast machine is killed as often as a slow one.
            moment = server.times.total() + draw.randrange(300) if kills < 8 else math.inf
            child = subprocess.Popen([sys.executable, str(CHILD), server.url, str(tmp_path / "l.sqlite"), str(count)])
            while child.poll() is None and server.times.total() <= moment:
                time.sleep(draw.uniform(0, 0.003))
            if child.returncode is None:
                child.send_signal(signal.SIGKILL)
                child.wait()
                kills += 1
                continue
            assert child.returncode == 0
            break
        # Each kill may have cost a second sending of what was in flight then, and of nothing else.
        twice = {prompt: times for prompt, times in server.times.items() if times > 1}
        assert sum(times - 1 for times in twice.values()) <= kills * IN_FLIGHT
        assert set(server.times) == {str(number) for number in range(count)}
        assert kills == 8
        # After the last, whole run another sends nothing.
        before = server.times.copy()
        subprocess.run([sys.executable, str(CHILD), server.url, str(tmp_path / "l.sqlite"), str(count)], check=True)
        assert server.times == before
    stored = dict(
        sqlite3.connect(tmp_path / "l.sqlite").execute("SELECT text, count(*) FROM outcomes GROUP BY text").fetchall()
    )
    assert stored == {f"echo {number}": 1 for number in range(count)}
