"""The problem families and the taxonomy, one file per area. Adding an area is one file and one line here."""

from __future__ import annotations

from ..family import Family, Topic
from . import (
    combinatorics_counting,
    combinatorics_numbers,
    graph_theory,
    logic_and_sets,
    number_theory,
    optimization,
    probability_distributions,
    probability_events,
    statistics_data,
    statistics_metrics,
)

AREAS = (
    combinatorics_counting,
    combinatorics_numbers,
    graph_theory,
    logic_and_sets,
    number_theory,
    optimization,
    probability_distributions,
    probability_events,
    statistics_data,
    statistics_metrics,
)
TOPICS: tuple[Topic, ...] = tuple(topic for area in AREAS for topic in area.TOPICS)
FAMILIES: dict[str, Family] = {family.name: family for area in AREAS for family in area.FAMILIES}
