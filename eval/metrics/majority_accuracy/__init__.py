"""The metric of majorities that are right, as `evaluate` loads it."""
