"""`synthllm ping` and `synthllm ledger`: look at a server, and at what a run has paid for."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from .ping import Level, Ping


def ping(
    url: Annotated[str, typer.Argument(help="Address of a generation server, or providers:NAME")],
    model: Annotated[str | None, typer.Option(help="Model id; asked of the server where left out")] = None,
    dialect: Annotated[str | None, typer.Option(help="Found by asking the server where left out")] = None,
    token_env: Annotated[str | None, typer.Option(help="Environment variable that holds the token")] = None,
    max_in_flight: Annotated[int, typer.Option(min=1, help="Try no more requests at a time than this")] = 256,
    max_tokens: Annotated[int, typer.Option(min=1, help="Length of the answers that are asked for")] = 64,
) -> None:
    """Tell what a server is, how fast it answers, and where its knee is.

    Example: synthllm ping http://127.0.0.1:8080
    """
    result = asyncio.run(_ping(url, model, dialect, token_env, max_in_flight, max_tokens))
    probed = result.probed
    total, prompt = probed.max_total_tokens, probed.max_input_tokens
    context = "not said" if total is None else f"{total:,} tokens" + (f" ({prompt:,} of them prompt)" if prompt else "")
    version = f" {probed.version}" if probed.version else ""
    typer.echo(f"dialect     {probed.dialect.name}{version}")
    typer.echo(f"model       {probed.model or 'not said'}")
    typer.echo(f"context     {context}")
    typer.echo(f"latency     {result.latency_s * 1000:,.0f} ms, one request at a time, {max_tokens} tokens at most")
    best = result.best
    typer.echo(f"throughput  {best.tokens_per_s:,.0f} tokens/s, {best.requests_per_s:,.1f} requests/s")
    typer.echo(f"knee        {result.knee} requests in flight")


async def _ping(
    url: str, model: str | None, dialect: str | None, token_env: str | None, max_in_flight: int, max_tokens: int
) -> Ping:
    from ..errors import EndpointError
    from ..recipe import EndpointRecipe
    from .dialects import DIALECTS
    from .dialing import TransportError
    from .opening import tokens
    from .origins import make_origin
    from .ping import measure
    from .probe import probe
    from .protocol import EndpointUnavailable

    if dialect is not None and dialect not in DIALECTS:
        raise EndpointError(f"--dialect: {dialect!r} is not known; known dialects: {', '.join(DIALECTS)}")
    origin = make_origin(url, tokens(EndpointRecipe(urls=(url,), token_env=token_env)), 16 * 2**20)
    try:
        probed = await probe(origin, dialect, model or "")
        return await measure(origin, probed, max_in_flight, max_tokens, _show_level)
    except TransportError as error:
        raise EndpointUnavailable(f"{url}: {error}; expected a running generation server at this address") from error
    finally:
        await origin.close()


def _show_level(level: Level) -> None:
    failed = f", {level.failed} failed" if level.failed else ""
    sys.stderr.write(
        f"{level.in_flight:>5} in flight: {level.tokens_per_s:>9,.0f} tokens/s, median {level.median_s * 1000:,.0f} ms"
        f"{failed}\n"
    )


def ledger(
    folder: Annotated[Path, typer.Argument(help="Run folder, or a ledger file")],
    prompt_price: Annotated[float, typer.Option(min=0, help="Per million tokens, to show the cost")] = 0.0,
    completion_price: Annotated[float, typer.Option(min=0, help="Per million tokens, to show the cost")] = 0.0,
) -> None:
    """Show what a run has asked for and paid: requests, tokens, cost, failures, slowest, re-sent.

    Example: synthllm ledger runs/quickstart
    """
    from ..errors import StoreError
    from .budget import Prices
    from .ledger import ledger_file, open_read_only, sessions, total

    file = ledger_file(folder)
    if not file.is_file():
        raise StoreError(f"{folder}: no ledger there; expected a run folder that holds {file.name}, or the file itself")
    try:
        connection = open_read_only(file)
        runs, tally = list(sessions(connection)), total(connection)
        (stored,) = connection.execute("SELECT coalesce(max(id), 0) FROM outcomes").fetchone()
        connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"{file}: not a ledger that can be read: {error}") from error
    cost = Prices(prompt_price, completion_price).cost(tally.prompt_tokens, tally.completion_tokens)
    typer.echo(f"ledger      {file} ({file.stat().st_size / 2**20:,.1f} MiB, {stored:,} rows)")
    for number, started, session in runs[-5:]:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(started))
        typer.echo(f"session {number:<3} {when}, {session.seconds:,.0f} s, {session.answered:,} answered")
    typer.echo(f"requests    {tally.sent:,} sent, {tally.answered:,} answered, {tally.cached:,} found in the ledger")
    typer.echo(f"tokens      {tally.prompt_tokens:,} in, {tally.completion_tokens:,} out")
    typer.echo(f"cost        {cost:,.4f}" if cost else "cost        no prices given")
    typer.echo(f"truncated   {tally.truncated:,}; {tally.shortened:,} prompts shortened to fit")
    failures = ", ".join(f"{count:,} {kind}" for kind, count in sorted(tally.failures.items()))
    typer.echo(f"failed      {tally.failed:,}" + (f": {failures}" if failures else ""))
    retried = ", ".join(f"{count:,} after {kind}" for kind, count in sorted(tally.retried.items()))
    typer.echo(f"re-sent     {max(tally.resent, 0):,}" + (f": {retried}" if retried else ""))
    for seconds, prompt in tally.slowest[:5]:
        typer.echo(f"slowest     {seconds:,.2f} s  {prompt}")
