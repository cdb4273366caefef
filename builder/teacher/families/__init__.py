"""The problem families and the taxonomy, one file per area. Adding an area is one file and one line here."""

from __future__ import annotations

from ..family import Family, Topic
from . import (
    calculus_derivatives,
    calculus_integrals,
    differential_equations,
    geometry,
    geometry_coordinates,
    linear_algebra_matrices,
    linear_algebra_vectors,
    number_theory,
    trigonometry,
)

AREAS = (
    calculus_derivatives,
    calculus_integrals,
    differential_equations,
    geometry,
    geometry_coordinates,
    linear_algebra_matrices,
    linear_algebra_vectors,
    number_theory,
    trigonometry,
)
TOPICS: tuple[Topic, ...] = tuple(topic for area in AREAS for topic in area.TOPICS)
FAMILIES: dict[str, Family] = {family.name: family for area in AREAS for family in area.FAMILIES}
