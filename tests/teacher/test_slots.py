"""Slots: what is written is read back, and is known from what no draw gives."""

import re
from typing import Any

import numpy as np
import pytest

from synthllm.builder.teacher.families import FAMILIES
from synthllm.builder.teacher.slots import Choice, Edges, Integer, IntegerList, Matrix, Polynomial, Slot

ALL_SLOTS = sorted({repr(slot): slot for family in FAMILIES.values() for slot in family.slots.values()}.items())


@pytest.mark.parametrize("slot", [slot for _, slot in ALL_SLOTS], ids=[name for name, _ in ALL_SLOTS])
def test_a_drawn_value_is_written_read_and_held(slot: Slot) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        value = slot.draw(rng)
        assert re.fullmatch(slot.pattern, slot.write(value))
        assert slot.read(slot.write(value)) == value
        assert slot.holds(value)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        (Integer(2, 5), 6),
        (Choice(("red", "blue")), "green"),
        (IntegerList(3, 4, 1, 9), (1, 2)),
        (IntegerList(3, 4, 1, 9), (1, 2, 10)),
        (IntegerList(3, 3, 1, 9, distinct=True), (1, 2, 2)),
        (IntegerList(3, 3, 1, 9, increasing=True), (3, 1, 2)),
        (Polynomial(2, -3, 3), (0, 1, 1)),
        (Polynomial(2, -3, 3, monic=True), (2, 1, 1)),
        (Polynomial(2, -3, 3), (1, 4, 1)),
        (Matrix(2, 2, 0, 9), ((1, 2, 3), (1, 2, 3))),
        (Matrix(2, 2, 0, 9), ((1, 2), (1, 10))),
        (Edges(4, 6), ((1, 2), (3, 4))),
        (Edges(3, 6), ((1, 2), (1, 2), (2, 3))),
        (Edges(3, 6, weights=(1, 5)), ((1, 2, 3), (2, 3, 9))),
    ],
)
def test_what_no_draw_gives_is_refused(slot: Slot, value: Any) -> None:
    assert not slot.holds(value)
