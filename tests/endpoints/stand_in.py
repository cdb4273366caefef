"""A stand-in for an engine's executable: it parses the command line that the real one would, and then serves or fails.

Put on the PATH under the engine's name. STAND_IN_FAILS makes it end with a message, as an engine without memory does;
STAND_IN_DELAY_S is how long it loads.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from scripted_server import ScriptedServer


def main() -> None:
    parser = argparse.ArgumentParser(prog=sys.argv[1])
    parser.add_argument("positional", nargs="*")
    parser.add_argument("--port", type=int, required=True)
    for name in ("--host", "--hostname", "--model-id", "--model-path", "--seed"):
        parser.add_argument(name)
    given = parser.parse_intermixed_args(sys.argv[2:])
    expected = {
        "vllm": ["serve", "some/model"],
        "transformers": ["serve", "some/model"],
        "sglang": ["serve"],
        "tgi": [],
    }
    if given.positional != expected[sys.argv[1]] or "some/model" not in sys.argv:
        sys.exit(f"{sys.argv[1]}: unexpected arguments {sys.argv[2:]}")
    sys.stderr.write(f"loading some/model with seed {given.seed}\n")
    if os.environ.get("STAND_IN_FAILS"):
        sys.stderr.write("CUDA out of memory. Tried to allocate 130.00 GiB\n")
        sys.exit(3)
    time.sleep(float(os.environ.get("STAND_IN_DELAY_S", "0")))
    dialect = {"transformers": "openai"}.get(sys.argv[1], sys.argv[1])
    with ScriptedServer(dialect=dialect, port=given.port):  # type: ignore[arg-type]
        time.sleep(600)


if __name__ == "__main__":
    main()
