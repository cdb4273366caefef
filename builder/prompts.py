"""Filling prompts. A slot is `[[NAME]]`, since braces clash with LaTeX; a prompt lives beside its parser."""

from __future__ import annotations

import hashlib
import re

_CLOSING = re.compile(r"</(document)\s*>", re.IGNORECASE)
SLOT = re.compile(r"\[\[([A-Z_]+)\]\]")


def fill(template: str, **slots: str) -> str:
    """The template with every slot replaced, in one pass, so that a slot in a value is left alone.

    Raises:
        ValueError: A slot has no value, or a value has no slot.
    """
    names = set(SLOT.findall(template))
    if names != slots.keys():
        missing, extra = sorted(names - slots.keys()), sorted(slots.keys() - names)
        raise ValueError(f"prompt slots do not match: missing {missing}, extra {extra}")
    return SLOT.sub(lambda match: slots[match[1]], template)


def quoted(document: str) -> str:
    """A document's text as it may stand between `<document>` tags: it cannot close them itself."""
    return _CLOSING.sub(r"< /\1>", document) if "</" in document else document


def prompt_hash(template: str) -> str:
    """Sixteen hex digits that name this wording of a prompt."""
    return hashlib.sha256(template.encode()).hexdigest()[:16]
