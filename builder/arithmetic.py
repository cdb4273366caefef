"""Spot checks of a solution's own arithmetic: the equalities between numbers that its text states are worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from ..eval.answers.reader import readings
from ..eval.answers.text import clean, split
from ..eval.answers.tokens import Node, Unreadable
from ..eval.answers.values import decimal_places, evaluate, variables

MAX_CHARS = 100_000
_MATH = re.compile(
    r"\$\$(.+?)\$\$|\$(.+?)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]|<<(.+?)>>|\\begin\{align\*?\}(.+?)\\end\{align\*?\}",
    re.DOTALL,
)
_PLAIN = re.compile(
    r"(?<![\w.^_/\\)}\]*+-])[-(]?\$?\d[\d\s+*/().,×÷%$^-]*[+*/×÷^-][\d\s+*/().,×÷%$^-]*=\s*[-\d$(][\d\s+*/().,×÷%$=-]*(?![\w/^*])"
)
_PIECES = re.compile(
    r"\\\\|&|\n|;|\\(?:quad|qquad|implies|Rightarrow|Longrightarrow|iff|Leftrightarrow|therefore|to)(?![a-zA-Z])|,(?!\d{3})"
)
_RELATIONS = re.compile(r"(?<![<>!:])=|(\\approx|\\le|\\ge|\\ne|<|>|\\equiv|\\sim|\\cong)(?![a-zA-Z])")
_DOUBT = re.compile(
    r"contradict|impossible|absurd|false|incorrect|wrong|not\s+equal|cannot|mod\b|modulo|remainder|\bR\s*\d|\bbase\b|suppose|assume"
    r"|otherwise|instead|≠|\\neq?\b|approx|about|round|nearly|try|guess|check",
    re.IGNORECASE,
)  # fmt: skip
_UNUSABLE = re.compile(r"\\(?:pmod|bmod|mod|text|mathrm|ldots|dots|cdots)|_|…|\.\.\.|⟦|\bof\b|%|\^\{?\\circ")


def false_equalities(text: str) -> tuple[int, list[str]]:
    """How many numeric equalities of a solution were worked out, and those that are false.

    Only equalities between two constants count, and not those that the text itself doubts ("contradiction", "modulo").
    A decimal side may be rounded or cut off in its last digit; an approximation is no equality and is not looked at.
    """
    checked, wrong = 0, []
    for statement, left, right in _equalities(text[:MAX_CHARS]):
        try:
            holds = _holds(left, right)
        except (Unreadable, RecursionError, OverflowError):
            continue
        checked += 1
        if not holds:
            wrong.append(statement)
    return checked, wrong


def _equalities(text: str) -> Iterator[tuple[str, Node, Node]]:
    for context, segment in _segments(text):
        if _DOUBT.search(context):
            continue
        for piece in split(segment, _PIECES):
            sides = _sides(piece)
            for one, other in pairwise(sides):
                if one is not None and other is not None:
                    yield f"{one[0]} = {other[0]}", one[1], other[1]


def _segments(text: str) -> Iterator[tuple[str, str]]:
    """(surrounding words, mathematics) of every formula."""
    covered: list[tuple[int, int]] = []
    for match in _MATH.finditer(text):
        covered.append(match.span())
        segment = next(group for group in match.groups() if group is not None)
        if "=" in segment:
            joined = re.sub(r"\\\\\s*&?\s*=", " = ", segment).replace(
                "&", " "
            )  # an aligned chain goes on in its next line
            yield text[max(0, match.start() - 80) : match.end() + 80], clean(joined)
    blank = list(text)
    for start, end in covered:
        blank[start:end] = "\x00" * (end - start)
    plain = "".join(blank)
    for match in _PLAIN.finditer(plain):
        if "\x00" not in match[0]:
            yield text[max(0, match.start() - 80) : match.end() + 80], clean(match[0].replace("$", ""))


def _sides(piece: str) -> list[tuple[str, Node] | None]:
    """The constant sides of a chain of equalities, in order; None breaks the chain."""
    out: list[tuple[str, Node] | None] = []
    at = 0
    for match in [*_RELATIONS.finditer(piece), None]:
        out.append(_constant(piece[at : match.start() if match else len(piece)]))
        if match is None:
            break
        if match[1]:
            out.append(None)
        at = match.end()
    return out


def _constant(side: str) -> tuple[str, Node] | None:
    side = side.strip().strip(".,: ")
    if not side or len(side) > 400 or _UNUSABLE.search(side):
        return None
    try:
        node = readings(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", side))[0]
    except (Unreadable, RecursionError):
        return None
    names = repr(node)
    if variables(node) or any(mark in names for mark in ("'opaque'", "'e'", "'i'", "'∞'", "'log'", "'pm'", "'deg'")):
        return None
    return side, node


def _holds(a: Node, b: Node) -> bool:
    x, y = evaluate(a, -1), evaluate(b, -1)
    if isinstance(x, Fraction) and isinstance(y, Fraction) and x == y:
        return True
    left, right = complex(x), complex(y)
    slack = 1e-9 * max(1.0, abs(left), abs(right))
    for node in (a, b):
        written = decimal_places(node)
        if written is not None:
            slack = max(slack, 10.0 ** -written[1])
        elif _decimal_inside(node):
            slack = max(slack, 5e-3 * max(abs(left), abs(right)))
    return abs(left - right) <= slack


def _decimal_inside(node: Node) -> bool:
    if node[0] == "num":
        return node[2] is not None
    return any(isinstance(child, tuple) and _decimal_inside(child) for child in node[1:])
