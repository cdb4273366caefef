"""From a recipe's section to an open `Endpoint`: tokens from the environment, and the local engine if there is one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EndpointError
from .budget import Limits, Prices
from .client import Endpoint

if TYPE_CHECKING:
    from ..recipe import EndpointRecipe


@asynccontextmanager
async def open_endpoint(recipe: EndpointRecipe, ledger: Path | None) -> AsyncIterator[Endpoint]:
    """An endpoint as a recipe describes it; an engine that it launches is stopped at the end.

    Args:
        ledger: The run's ledger, or the folder that holds it.

    Raises:
        EndpointError: A token is not in the environment.
        EndpointUnavailable: The engine did not start.
        StoreError: The ledger cannot be used.
    """
    async with AsyncExitStack() as stack:
        urls = recipe.urls
        if recipe.launch is not None:
            from .launch import launched

            assert recipe.model is not None  # the recipe sees to that
            folder = None if ledger is None else (ledger if ledger.is_dir() else ledger.parent)
            engine = launched(recipe.launch, recipe.model, recipe.launch_arguments, recipe.launch_timeout_s, folder)
            urls = (await stack.enter_async_context(engine),)
        endpoint = Endpoint(
            urls,
            recipe.model,
            revision=recipe.revision,
            ledger=ledger,
            max_in_flight=recipe.max_in_flight,
            dialect=recipe.dialect,
            token=tokens(recipe),
            caches=recipe.caches,
            commit=recipe.commit,
            requests_per_minute=recipe.requests_per_minute,
            tokens_per_minute=recipe.tokens_per_minute,
            limits=Limits(recipe.max_requests, recipe.max_tokens, recipe.max_cost),
            prices=Prices(recipe.prompt_price, recipe.completion_price),
            context_tokens=recipe.context_tokens,
            timeout_s=recipe.timeout_s,
            max_attempts=recipe.max_attempts,
            patience_s=recipe.patience_s,
            waking_patience_s=recipe.waking_patience_s,
            extra=recipe.extra,
            thinking_tokens=recipe.thinking_tokens,
        )
        yield await stack.enter_async_context(endpoint)


def tokens(recipe: EndpointRecipe) -> str | dict[str, str] | None:
    """The tokens that a recipe names, read from the environment.

    Raises:
        EndpointError: A variable is not set.
    """
    if recipe.token_env is None:
        return None
    if isinstance(recipe.token_env, str):
        return _from_environment(recipe.token_env)
    return {host: _from_environment(name) for host, name in recipe.token_env.items()}


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise EndpointError(
            f"token_env: the environment variable {name} is not set; expected it to hold the token of the server"
        )
    return value
