"""The problem families and the taxonomy, one file per area. Adding an area is one file and one line here."""

from __future__ import annotations

from ..family import Family, Topic
from . import (
    algebra,
    arithmetic,
    exponentials_and_logarithms,
    floor_and_ceiling,
    functions,
    modular_arithmetic,
    number_theory,
    numeral_systems,
    percentages,
    polynomials,
    ratios_and_rates,
    recurrences_and_series,
    sequences,
)

AREAS = (
    algebra,
    arithmetic,
    exponentials_and_logarithms,
    floor_and_ceiling,
    functions,
    modular_arithmetic,
    number_theory,
    numeral_systems,
    percentages,
    polynomials,
    ratios_and_rates,
    recurrences_and_series,
    sequences,
)
TOPICS: tuple[Topic, ...] = tuple(topic for area in AREAS for topic in area.TOPICS)
FAMILIES: dict[str, Family] = {family.name: family for area in AREAS for family in area.FAMILIES}
