"""The metric pass@k, as `evaluate` loads it."""
