"""The process behind symbolic.py: compares pairs of answers with math-verify, one line of JSON for each."""

from __future__ import annotations

import json
import logging
import resource
import sys

MEMORY_LIMIT_BYTES = 3 << 30


def main() -> None:
    """Answer `[prediction, reference]` with `true` or `false` until the input ends; the first line says ready."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    from math_verify import LatexExtractionConfig, parse, verify

    latex = [LatexExtractionConfig(boxed_match_priority=-1)]

    def read(answer: str) -> list[object]:
        # The time limit is the parent's; math-verify's own needs signals. Only what it reads as a whole counts: it
        # would otherwise fall back to some number that occurs in the text.
        found = parse(f"${answer}$", latex, fallback_mode="no_fallback", parsing_timeout=None)
        return [one for one in found if not isinstance(one, str)]

    sys.stdout.write("true\n")
    sys.stdout.flush()
    for line in sys.stdin:
        prediction, reference = json.loads(line)
        gold, mine = read(reference), read(prediction)
        equal = bool(gold and mine) and bool(verify(gold, mine, timeout_seconds=None))
        sys.stdout.write(json.dumps(equal) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
