"""The problem families and the taxonomy, one file per area. Adding an area is one file and one line here."""

from __future__ import annotations

from ..family import Family, Topic
from . import (
    algebra,
    arithmetic,
    combinatorics_counting,
    combinatorics_numbers,
    exponentials_and_logarithms,
    functions,
    geometry,
    graph_theory,
    linear_algebra_matrices,
    linear_algebra_vectors,
    modular_arithmetic,
    number_theory,
    percentages_and_rates,
    polynomials,
    probability_distributions,
    probability_events,
    statistics_data,
    statistics_metrics,
)

AREAS = (
    algebra,
    arithmetic,
    combinatorics_counting,
    combinatorics_numbers,
    exponentials_and_logarithms,
    functions,
    geometry,
    graph_theory,
    linear_algebra_matrices,
    linear_algebra_vectors,
    modular_arithmetic,
    number_theory,
    percentages_and_rates,
    polynomials,
    probability_distributions,
    probability_events,
    statistics_data,
    statistics_metrics,
)
TOPICS: tuple[Topic, ...] = tuple(topic for area in AREAS for topic in area.TOPICS)
FAMILIES: dict[str, Family] = {family.name: family for area in AREAS for family in area.FAMILIES}
