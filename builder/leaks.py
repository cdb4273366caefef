"""Secrets that must not be published: tokens, keys, passwords in addresses, and the values of secret variables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

SHAPES = {
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{20,}",
    "an API key": r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{20,}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})",
    "an AWS key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a Google key": r"\bAIza[A-Za-z0-9_-]{30,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a bearer token": r"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]+:[^\s/@'\"]+@",
    "a key in an address": r"(?i)[?&](?:api[_-]?key|access[_-]?token|token|key|secret|sig)=[^&\s'\"]{8,}",
    "a key beside its name": r"(?i)\b(?:api[_-]?key|access[_-]?token|auth[_-]?token|secret[_-]?key|password|secret)\b"
    r"[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9+/_.~-]{16,}",
}
PATTERNS = {kind: re.compile(shape) for kind, shape in SHAPES.items()}
SECRET_NAME = re.compile(r"(TOKEN|API_?KEY|SECRET|PASSWORD|CREDENTIAL)", re.IGNORECASE)
SHORTEST = 12  # a shorter value of a variable would be found by chance


def without_secret(text: str) -> str:
    """The text, or in place of one in which a secret stands what kind it is: servers repeat what they refuse."""
    kind = next((kind for _, kind in find_secrets(text)), None)
    return text if kind is None else f"not kept: {kind} stood in it"


def find_secrets(text: str) -> Iterator[tuple[int, str]]:
    """The line, from 1, and the kind of every secret in a text; the secret itself is not told."""
    variables = {
        f"the value of ${name}": value.strip()
        for name, value in os.environ.items()
        if SECRET_NAME.search(name) and len(value.strip()) >= SHORTEST
    }
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, pattern in PATTERNS.items():
            if pattern.search(line):
                yield number, kind
        for kind, value in variables.items():
            if value in line:
                yield number, kind
