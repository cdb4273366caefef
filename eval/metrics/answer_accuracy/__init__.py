"""The metric of answers that are right, as `evaluate` loads it."""
