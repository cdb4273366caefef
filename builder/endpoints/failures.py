"""What a reply or its absence means, told by type and status alone, and how long to wait before asking again.

| what came back | kind | who pays |
|---|---|---|
| 200 and a whole reply | a `Completion` | |
| 400, 413, 422 | `refused` | the row, at once |
| a reply over the size limit | `too_large` | the row, at once |
| an answer that a content filter withheld | `filtered` | the row, at once |
| a prompt that cannot be made to fit | `too_long` | the row, unsent |
| 401, 403, 404, 405, a redirect elsewhere | `EndpointRefused` | the run stops: nothing would ever succeed |
| 408, 425, 429 | `overloaded` | nobody: asked again, and fewer at a time |
| 503 | `waking` | nobody: asked again when the server is back |
| no connection | `unreachable` | nobody: asked again when the server is back |
| any other status, a dropped connection, a time-out, a reply that cannot be read | `server_error`, `dropped`, `timeout`, `bad_reply` | the row, after `max_attempts`, but only while the server answers others |
"""  # noqa: E501 - a table

from __future__ import annotations

import email.utils
import random
import time

import orjson

from .dialects import BadReply, Dialect
from .protocol import EndpointRefused, Failure, Outcome
from .transport import Reply

MAX_BACKOFF_S = 20.0
MAX_RETRY_AFTER_S = 300.0
FINAL = frozenset({"refused", "too_large", "filtered"})
"""Kinds that the same request would meet again: kept in the ledger, and not sent again by a later run either."""


def judge(reply: Reply, dialect: Dialect, where: str) -> Outcome:
    """The outcome that a reply stands for.

    Raises:
        EndpointRefused: The server would refuse every request.
    """
    status = reply.status
    if status == 200:
        try:
            return dialect.decode(orjson.loads(reply.body), reply)
        except (orjson.JSONDecodeError, BadReply) as error:
            kind = reply.header("content-type") or "no content type"
            return Failure("bad_reply", status, f"{error} ({kind}): {excerpt(reply.body)}")
    said = excerpt(reply.body)
    if status in (400, 413, 422):
        return Failure("refused", status, said)
    if status in (401, 403, 404, 405):
        fault = {401: "token", 403: "token", 404: "address and model", 405: "address"}[status]
        raise EndpointRefused(
            f"{where}{dialect.path}: status {status}: {said}; expected a server that accepts this {fault}; correct it "
            "and run again"
        )
    if status in (408, 425, 429):
        return Failure("overloaded", status, said)
    if status == 503:
        return Failure("waking", status, said)
    if 300 <= status < 400:
        raise EndpointRefused(
            f"{where}{dialect.path}: redirected (status {status}) to {reply.header('location')!r}; requests and tokens "
            "are not sent on to other addresses; if that one is right, give it as the url"
        )
    return Failure("server_error", status, said)


def excerpt(body: bytes, length: int = 200) -> str:
    """The beginning of a body, for an error message."""
    return " ".join(body[:length].decode("utf-8", "replace").split()) or "an empty body"


def retry_after_s(reply: Reply) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date; None where there is none that can be read."""
    given = reply.header("retry-after")
    if given is None:
        return None
    try:
        seconds = float(given)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(given).timestamp() - time.time()
        except ValueError:
            return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S) if seconds == seconds else None  # not NaN


def backoff_s(attempt: int, asked_s: float | None) -> float:
    """Seconds to wait before attempt `attempt + 1`: doubling, with jitter, never less than the server asked for."""
    longest = min(MAX_BACKOFF_S, 0.25 * 2.0 ** min(attempt - 1, 10))
    wait_s = random.uniform(longest / 2, longest)
    return wait_s if asked_s is None else asked_s + wait_s / 4
