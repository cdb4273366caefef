r"""The places in a wording where a family's numbers go: how each is drawn, written in LaTeX, and read back.

A wording carries `[[name]]`; a family says which slot each name is. Reading a question back is matching the wording
with every slot's pattern in its place, so `read(write(value)) == value` has to hold for every value that a slot draws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np


class Slot(Protocol):
    """One place in a wording."""

    @property
    def pattern(self) -> str:
        """A regular expression, without capturing groups, that matches everything `write` gives."""
        ...

    def draw(self, rng: np.random.Generator) -> Any:
        """Draw a value."""
        ...

    def write(self, value: Any) -> str:
        """The value in LaTeX, for inside of math mode (a `Choice` of words: for plain text)."""
        ...

    def read(self, text: str) -> Any:
        """The value that `write` wrote as `text`."""
        ...

    def holds(self, value: Any) -> bool:
        """Whether `draw` could give the value; a question may come from anywhere."""
        ...


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`.

    A slot with `link` can also hold the result of an earlier part, written as a letter; that result must lie in the
    range too. Say `link=False` where a letter would read badly or where most results would make a poor problem.
    """

    low: int
    high: int
    link: bool = True

    @property
    def pattern(self) -> str:
        return r"-?\d+"

    def draw(self, rng: np.random.Generator) -> int:
        return int(rng.integers(self.low, self.high + 1))

    def write(self, value: int) -> str:
        return str(value)

    def read(self, text: str) -> int:
        return int(text)

    def holds(self, value: int) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Choice:
    """One of a few fixed words or integers, such as a name, a colour or a base."""

    values: tuple[str | int, ...]

    @property
    def pattern(self) -> str:
        return "|".join(re.escape(str(value)) for value in sorted(self.values, key=lambda v: -len(str(v))))

    def draw(self, rng: np.random.Generator) -> str | int:
        return self.values[int(rng.integers(len(self.values)))]

    def write(self, value: str | int) -> str:
        return str(value)

    def read(self, text: str) -> str | int:
        return next(value for value in self.values if str(value) == text)

    def holds(self, value: str | int) -> bool:
        return value in self.values


@dataclass(frozen=True)
class IntegerList:
    """`shortest` to `longest` whole numbers, written `3, 7, 12`; kept in order of drawing, or sorted, or distinct.

    The pattern counts the numbers, so that a list of fixed length may stand beside an `Integer`: `[[a]], [[n]], [[b]]`.
    """

    shortest: int
    longest: int
    low: int
    high: int
    distinct: bool = False
    increasing: bool = False

    @property
    def pattern(self) -> str:
        return rf"-?\d+(?:, -?\d+){{{self.shortest - 1},{self.longest - 1}}}"

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        size = int(rng.integers(self.shortest, self.longest + 1))
        values = rng.choice(np.arange(self.low, self.high + 1), size=size, replace=not self.distinct).tolist()
        return tuple(sorted(values) if self.increasing else values)

    def write(self, value: Sequence[int]) -> str:
        return ", ".join(map(str, value))

    def read(self, text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split(", "))

    def holds(self, value: Sequence[int]) -> bool:
        return (
            self.shortest <= len(value) <= self.longest
            and all(self.low <= number <= self.high for number in value)
            and (not self.distinct or len(set(value)) == len(value))
            and (not self.increasing or list(value) == sorted(value))
        )


@dataclass(frozen=True)
class Polynomial:
    """Integer coefficients, highest first, written `3x^{2} - x + 5`; the leading one is never zero."""

    degree: int
    low: int
    high: int
    variable: str = "x"
    monic: bool = False

    @property
    def pattern(self) -> str:
        v = re.escape(self.variable)
        term = rf"(?:\d+(?:{v}(?:\^\{{\d+\}})?)?|{v}(?:\^\{{\d+\}})?)"
        return rf"-?{term}(?: [+-] {term})*"

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        while True:
            values = rng.integers(self.low, self.high + 1, size=self.degree + 1).tolist()
            if self.monic:
                values[0] = 1
            if values[0] != 0 and any(values[1:]):
                return tuple(values)

    def write(self, value: Sequence[int]) -> str:
        return write_polynomial(value, self.variable)

    def read(self, text: str) -> tuple[int, ...]:
        found = re.findall(rf"([+-])?\s*(\d+)?({re.escape(self.variable)})?(?:\^\{{(\d+)\}})?", text)
        coefficients: dict[int, int] = {}
        for sign, number, variable, power in found:
            if number or variable:
                exponent = int(power) if power else (1 if variable else 0)
                coefficients[exponent] = int(number or 1) * (-1 if sign == "-" else 1)
        return tuple(coefficients.get(exponent, 0) for exponent in range(self.degree, -1, -1))

    def holds(self, value: Sequence[int]) -> bool:
        drawn = value[1:] if self.monic else value
        return (
            len(value) == self.degree + 1
            and value[0] != 0
            and (not self.monic or value[0] == 1)
            and any(value[1:])
            and all(self.low <= number <= self.high for number in drawn)
        )


@dataclass(frozen=True)
class Matrix:
    """A `rows` by `columns` matrix of whole numbers, as a tuple of rows, written as a `pmatrix`."""

    rows: int
    columns: int
    low: int
    high: int

    @property
    def pattern(self) -> str:
        return r"\\begin\{pmatrix\} [-\d &\\]+ \\end\{pmatrix\}"

    def draw(self, rng: np.random.Generator) -> tuple[tuple[int, ...], ...]:
        entries = rng.integers(self.low, self.high + 1, size=(self.rows, self.columns)).tolist()
        return tuple(tuple(row) for row in entries)

    def write(self, value: Sequence[Sequence[int]]) -> str:
        return write_matrix(value)

    def read(self, text: str) -> tuple[tuple[int, ...], ...]:
        inner = text.removeprefix(r"\begin{pmatrix} ").removesuffix(r" \end{pmatrix}")
        return tuple(tuple(int(entry) for entry in row.split(" & ")) for row in inner.split(r" \\ "))

    def holds(self, value: Sequence[Sequence[int]]) -> bool:
        return (
            len(value) == self.rows
            and all(len(row) == self.columns for row in value)
            and all(self.low <= entry <= self.high for row in value for entry in row)
        )


@dataclass(frozen=True)
class Edges:
    """The edges of a connected simple graph on the vertices 1 to n, written `\\{1, 2\\}, \\{2, 3\\}`; weighted ones
    `\\{1, 2\\}: 7`. Values are tuples (u, v) or (u, v, weight) with u < v, sorted."""

    fewest_vertices: int
    most_vertices: int
    extra: tuple[int, int] = (0, 3)
    weights: tuple[int, int] | None = None

    @property
    def pattern(self) -> str:
        one = r"\\\{\d+, \d+\\\}" + (r": \d+" if self.weights else "")
        return rf"{one}(?:, {one})*"

    def draw(self, rng: np.random.Generator) -> tuple[tuple[int, ...], ...]:
        n = int(rng.integers(self.fewest_vertices, self.most_vertices + 1))
        edges = {(int(rng.integers(1, v)), v) for v in range(2, n + 1)}  # a random tree keeps it connected
        others = [(u, v) for u in range(1, n + 1) for v in range(u + 1, n + 1) if (u, v) not in edges]
        more = min(int(rng.integers(self.extra[0], self.extra[1] + 1)), len(others))
        edges |= {others[i] for i in rng.choice(len(others), size=more, replace=False).tolist()} if more else set()
        if self.weights is None:
            return tuple(sorted(edges))
        return tuple((u, v, int(rng.integers(self.weights[0], self.weights[1] + 1))) for u, v in sorted(edges))

    def write(self, value: Sequence[Sequence[int]]) -> str:
        return ", ".join(rf"\{{{edge[0]}, {edge[1]}\}}" + (f": {edge[2]}" if self.weights else "") for edge in value)

    def read(self, text: str) -> tuple[tuple[int, ...], ...]:
        found = re.findall(r"\\\{(\d+), (\d+)\\\}(?:: (\d+))?", text)
        return tuple(tuple(int(part) for part in edge if part) for edge in found)

    def holds(self, value: Sequence[Sequence[int]]) -> bool:
        pairs = [(edge[0], edge[1]) for edge in value]
        vertices = {vertex for pair in pairs for vertex in pair}
        reached = {1}
        for _ in vertices:
            reached |= {vertex for pair in pairs if reached & set(pair) for vertex in pair}
        return (
            pairs == sorted(set(pairs))
            and all(u < v for u, v in pairs)
            and self.fewest_vertices <= len(vertices) <= self.most_vertices
            and reached == vertices == set(range(1, len(vertices) + 1))
            and self.extra[0] <= len(pairs) - len(vertices) + 1 <= self.extra[1]
            and (self.weights is None or all(self.weights[0] <= edge[2] <= self.weights[1] for edge in value))
        )


def write_polynomial(coefficients: Sequence[int], variable: str = "x") -> str:
    """`(3, -1, 5)` as `3x^{2} - x + 5`."""
    degree = len(coefficients) - 1
    text = ""
    for power, coefficient in zip(range(degree, -1, -1), coefficients, strict=True):
        if coefficient == 0:
            continue
        size = abs(coefficient)
        letter = "" if power == 0 else variable if power == 1 else f"{variable}^{{{power}}}"
        term = f"{size}" if power == 0 else letter if size == 1 else f"{size}{letter}"
        sign = "-" if coefficient < 0 else "+"
        text += (f" {sign} " if text else "-" if sign == "-" else "") + term
    return text or "0"


def write_matrix(rows: Sequence[Sequence[Any]]) -> str:
    r"""Rows as `\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`."""
    inner = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
    return rf"\begin{{pmatrix}} {inner} \end{{pmatrix}}"
