"""Stage 1: finding a domain's documents in a corpus. `run.run_filter` is the whole of it."""
