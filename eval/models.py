"""What `--model` names: a folder, an id of the Hub, the URL of a server, or the embedded teacher; and opening it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from ..builder.endpoints.protocol import Outcome, Request
from ..builder.errors import EvaluationError
from ..builder.recipe import EndpointRecipe
from .recipe import EvalRecipe

TEACHER_IN_FLIGHT = 16


class Answering(Protocol):
    """What answers requests: an `Endpoint`, or a model on this machine."""

    model: str

    def key(self, request: Request) -> bytes:
        """What the ledger knows a request by."""
        ...

    def map(self, requests: Iterable[Request]) -> AsyncGenerator[tuple[int, Outcome], None]:
        """Each request's position with its outcome, in any order; what is in the ledger is not asked again."""
        ...


@dataclass(frozen=True)
class ModelChoice:
    """The model to evaluate. `name` is a folder, an id or a URL; `endpoint` is set where a server answers."""

    kind: Literal["local", "server", "embedded"]
    name: str
    revision: str | None = None
    endpoint: EndpointRecipe | None = None


def choose(
    name: str | None, recipe: EvalRecipe, revision: str | None, served: str | None, token_env: str | None
) -> ModelChoice:
    """The model that the command line or else the recipe names.

    Args:
        served: the model's id at a server that serves several.
        token_env: the environment variable with the server's token.

    Raises:
        EvaluationError: Neither names one, it can be none, or an option does not belong to it.
    """
    if name is None:
        if recipe.endpoint is None:
            raise EvaluationError(
                "--model: none given, and the recipe has no endpoint; expected a folder, an id of the Hub such as "
                "USER/NAME, the URL of a server, or `embedded`"
            )
        return ModelChoice("server", recipe.endpoint.model or recipe.endpoint.urls[0], endpoint=recipe.endpoint)
    if name.startswith(("http://", "https://", "providers:")):
        settings = recipe.endpoint.model_dump() if recipe.endpoint else {}
        settings |= {"urls": (name,), "launch": None, "launch_arguments": ()}
        settings |= {"model": served or settings.get("model"), "token_env": token_env or settings.get("token_env")}
        return ModelChoice("server", name, endpoint=EndpointRecipe.model_validate(settings))
    option = "--served" if served else "--token-env" if token_env else None
    if option:
        raise EvaluationError(f"{option}: belongs to a server, and --model {name} is none; expected a URL")
    if name == "embedded":
        return ModelChoice("embedded", name)
    if Path(name).is_dir():
        if revision:
            raise EvaluationError(f"--revision {revision}: {name} is a folder; a revision belongs to an id of the Hub")
        return ModelChoice("local", name)
    if re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", name):
        return ModelChoice("local", name, revision)
    raise EvaluationError(
        f"--model {name}: no such folder, and no id of the Hub; expected a folder, an id such as USER/NAME, the URL of "
        "a server, or `embedded`"
    )


@asynccontextmanager
async def open_model(
    choice: ModelChoice, recipe: EvalRecipe, ledger: Path
) -> AsyncIterator[tuple[Answering, dict[str, Any]]]:
    """A model that is ready to answer, and what it is: name, kind, and revision, weights or dialect.

    Raises:
        EvaluationError: A model on this machine cannot be loaded.
        EndpointError: A server does not answer or refuses.
    """
    from ..builder.endpoints.client import Endpoint
    from ..builder.endpoints.opening import open_endpoint

    if choice.kind == "local":
        from .local import LocalModel

        chat = recipe.prompt != "few-shot"
        async with LocalModel(choice.name, choice.revision, chat, recipe.local, ledger) as model:
            yield model, model.identity
        return
    async with AsyncExitStack() as stack:
        if choice.endpoint is not None:
            settings = choice.endpoint
            if recipe.prompt == "few-shot" and settings.dialect is None:  # no chat template around the examples
                settings = settings.model_copy(update={"dialect": "completions"})
            endpoint = await stack.enter_async_context(open_endpoint(settings, ledger))
        else:
            from ..builder.teacher.embedded import EmbeddedTeacher

            teacher = await stack.enter_async_context(EmbeddedTeacher())
            endpoint = await stack.enter_async_context(
                Endpoint(teacher.url, ledger=ledger, max_in_flight=TEACHER_IN_FLIGHT)
            )
        await endpoint.ready()
        identity: dict[str, Any] = {"kind": "server", "name": endpoint.model, "dialect": ", ".join(endpoint.dialects)}
        if choice.endpoint is not None:
            known = choice.endpoint.model_dump(mode="json", include={"revision", "extra", "thinking_tokens"})
            identity |= {name: value for name, value in known.items() if value}
        yield endpoint, identity
