"""The Hub as releases need it: a checked token, patience where the Hub's client has none, and errors of one line.

`huggingface_hub` repeats downloads and uploads of large files by itself, but not commits, tags, branches or
repositories. Those go through `patiently`, which asks before each repetition whether the request that seemed to fail
did its work after all.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import ReleaseError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Answer = TypeVar("Answer")
Note = Callable[[str], None]

ATTEMPTS = 6
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
SILENCE_S = 300.0  # without a byte from the Hub, a request counts as dropped
PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
CONFLICT_STATUSES = frozenset({409, 412})
TOKEN_SHAPE = re.compile(r"\bhf_\w{8,}")


class HubFailure(ReleaseError):
    """A request that the Hub refused or never answered; `status` is None where there was no answer."""

    def __init__(self, what: str, status: int | None, reason: str, missing: bool = False) -> None:
        answer = "no answer from the Hub" if status is None else f"the Hub answered {status}"
        super().__init__(f"{what}: {answer}: {reason}")
        self.status, self.reason = status, reason
        self.missing = missing


def open_hub() -> HfApi:
    """The client of the Hub that `HF_ENDPOINT` names.

    Raises:
        ReleaseError: `HF_HUB_OFFLINE` is set.
    """
    if "HF_ENDPOINT" in os.environ:
        # A Hub of one's own need not have Xet, and the client asks for it without looking; every Hub has LFS.
        os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    from huggingface_hub import HfApi, constants
    from huggingface_hub.utils.logging import set_verbosity
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if constants.HF_HUB_OFFLINE:
        raise ReleaseError("HF_HUB_OFFLINE is set, and a release needs the Hub; unset it")
    set_verbosity(logging.ERROR)  # repetitions are told of by `patiently`
    if not sys.stderr.isatty():
        disable_progress_bars()
    return HfApi(library_name="synthllm")


def patiently(
    what: str,
    request: Callable[[], Answer],
    note: Note,
    settled: Callable[[], Answer | None] = lambda: None,
    passing: frozenset[int] = PASSING_STATUSES,
) -> Answer:
    """What a request brings, sent again after a passing failure.

    Args:
        what: the request in words, such as `commit to alice/rows`.
        settled: asked before each repetition; what it returns, if not None, is the outcome of a request whose answer
            was lost.
        passing: statuses after which the request is sent again, as it is after a dropped connection.

    Raises:
        HubFailure: The Hub refuses, or every attempt failed.
    """
    from huggingface_hub import get_session

    for attempt in range(1, ATTEMPTS + 1):
        get_session().timeout = SILENCE_S  # the client itself would wait for ever
        try:
            if attempt > 1 and (outcome := settled()) is not None:
                return outcome
            return request()
        except hub_errors() as error:
            failure, wait_s = _failure(what, error)
            if attempt == ATTEMPTS or not (failure.status is None or failure.status in passing):
                raise failure from error
            wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempt - 1) if wait_s is None else wait_s)
            note(f"{failure}; trying again in {wait_s:g} s ({attempt} of {ATTEMPTS - 1})")
            time.sleep(wait_s)
    raise AssertionError("the last attempt returns or raises")


def hub_errors() -> tuple[type[Exception], ...]:
    """What the Hub's client raises: answers that are errors, dropped connections, failed uploads, wrong metadata."""
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    # The client's HTTP library has had two names; the base of its errors is found through the client's own.
    transport = next(base for base in HfHubHTTPError.__mro__ if base.__name__ == "HTTPError")
    return transport, LocalTokenNotFoundError, ConnectionError, RuntimeError, ValueError


def _failure(what: str, error: BaseException) -> tuple[HubFailure, float | None]:
    """An exception of the Hub's client as a failure, and the seconds that the Hub asks to wait."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, LocalTokenNotFoundError, RepositoryNotFoundError

    if isinstance(error, RuntimeError) and error.__cause__ is not None:
        return _failure(what, error.__cause__)  # how the client reports an upload
    if isinstance(error, LocalTokenNotFoundError):
        return HubFailure(what, 401, "there is no token; run `hf auth login`, or set HF_TOKEN"), None
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        asked = error.response.headers.get("retry-after", "")
        missing = isinstance(error, RepositoryNotFoundError) and not isinstance(error, GatedRepoError)
        failure = HubFailure(what, status, one_line(error.server_message or str(error)), missing or status == 404)
        return failure, float(asked) if asked.isdecimal() else None
    if isinstance(error, ValueError | RuntimeError):  # metadata or an object that the Hub found wrong
        return HubFailure(what, 400, one_line(str(error))), None
    return HubFailure(what, None, one_line(f"{type(error).__name__}: {error}")), None


def one_line(text: str) -> str:
    """A message as one line that shows no token."""
    return TOKEN_SHAPE.sub("hf_***", " ".join(text.split()))[:400]


def check_token(api: HfApi, repository: str, create_pr: bool, note: Note) -> str:
    """See that the token may write to the repository, before any work; the name of its owner.

    Raises:
        ReleaseError: No token, a token that the Hub does not know, or one that may not write there.
    """
    namespace = repository.split("/")[0]
    try:
        account: dict[str, Any] = patiently("whoami", api.whoami, note)
    except HubFailure as failure:
        if failure.status == 401:
            raise ReleaseError(f"push to {repository}: {failure.reason}") from failure
        raise
    name = str(account.get("name"))
    access = (account.get("auth") or {}).get("accessToken") or {}
    if access.get("role") == "read":
        raise ReleaseError(
            f"push to {repository}: the token of {name} can only read; make one that can write at "
            f"{api.endpoint}/settings/tokens"
        )
    if create_pr:
        return name  # who may not write may still propose
    writable = {org["name"] for org in account.get("orgs") or [] if org.get("roleInOrg") != "read"} | {name}
    if namespace not in writable:
        allowed = ", ".join(sorted(writable))
        raise ReleaseError(
            f"push to {repository}: the token of {name} can write to {allowed}, not to {namespace}; "
            "use one of those, another token, or --create-pr"
        )
    scoped = access.get("fineGrained", {}).get("scoped")
    if access.get("role") == "fineGrained" and scoped is not None:
        granted = {
            scope.get("entity", {}).get("name")
            for scope in scoped
            if any("write" in permission for permission in scope.get("permissions", []))
        }
        if not granted & {repository, namespace}:
            raise ReleaseError(
                f"push to {repository}: the fine-grained token of {name} may not write there; grant it write access to "
                f"{repository} at {api.endpoint}/settings/tokens"
            )
    return name
