"""Metrics in the form of the library `evaluate`."""
