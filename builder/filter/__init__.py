"""Stage 1: finding a domain's documents in a corpus. `run_filter` is the whole of it; see run.py."""

from .run import FilterResult, run_filter

__all__ = ["FilterResult", "run_filter"]
