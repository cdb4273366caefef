"""Measuring: equality of answers, evaluations, the scaling law, diversity, reports."""
