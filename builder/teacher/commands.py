"""The command `synthllm teacher`."""

from __future__ import annotations

from typing import Annotated

import typer


def teacher_command(
    host: Annotated[str, typer.Option(help="address to listen at")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one")] = 8080,
    error_rate: Annotated[float, typer.Option(min=0.0, max=1.0, help="share of sampled answers with a mistake")] = 0.0,
    workers: Annotated[int, typer.Option(min=1, help="processes that work replies out")] = 2,
) -> None:
    """Serve the symbolic teacher over Text Generation Inference's protocol, until Ctrl-C.

    Example: synthllm teacher --port 8080 --error-rate 0.1
    """
    import asyncio
    import errno

    from ..errors import EndpointError
    from .server import serve

    try:
        asyncio.run(serve(host, port, error_rate, workers))
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            reason = error.strerror or str(error)
            raise EndpointError(f"{host}:{port}: cannot listen there: {reason}; choose another --port") from error
        raise
