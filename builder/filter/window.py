"""Model calls over many rows with a bounded number in flight, in the order of the rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from ..endpoints.protocol import RequestFailed
from ..rows import Rejected
from ..runner import ordered_map

Item = TypeVar("Item")
Row = TypeVar("Row")

Note = Callable[[str], None]
"""Told in a few words what is being done."""


async def ask_each(
    items: Sequence[Item],
    call: Callable[[Item], Awaitable[Row | Rejected]],
    name: Callable[[Item], str],
    window: int,
    doing: str,
    note: Note,
) -> tuple[list[Row], list[Rejected]]:
    """`call` of every item: the rows, and the rejections, each in the order of the items.

    A request that failed through its own fault becomes a `Rejected` under the item's name.
    """

    async def one(item: Item) -> Row | Rejected:
        try:
            return await call(item)
        except RequestFailed as error:
            failure = error.failure
            return Rejected(name(item), "filter", failure.kind, f"{failure.status}: {failure.detail}")

    rows: list[Row] = []
    rejected: list[Rejected] = []
    done = 0
    async for _, result in ordered_map(items, one, window):
        if isinstance(result, Rejected):
            rejected.append(result)
        else:
            rows.append(result)
        done += 1
        note(f"{doing} {done:,}/{len(items):,}")
    return rows, rejected
