"""What a domain is: its name, what belongs to it, and the syllabus that the cold start writes documents from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answers = Literal["value", "code"]
"""How questions are answered: by a solution that ends in a value, or by a program that passes the question's tests."""

FORM = "discipline | subject | session | key concept; key concept"


@dataclass(frozen=True, slots=True)
class Session:
    """One class session of a syllabus, after GLAN (arXiv 2402.13064): the seed of one synthetic document."""

    discipline: str
    subject: str
    session: str
    key_concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A field of knowledge that a corpus can be filtered for.

    Attributes:
        name: The key in `DOMAINS` and in recipes.
        title: How prompts name it.
        relevance: What makes a document relevant to it, for the rubric of ratings: full sentences.
        syllabus: Its class sessions.
        language: The language of its documents, as the corpus's `language` column names it.
        answers: How its questions are answered; `code` is asked for, and tested, as programs.py says.
    """

    name: str
    title: str
    relevance: str
    syllabus: tuple[Session, ...]
    language: str = "en"
    answers: Answers = "value"


def read_sessions(text: str) -> tuple[list[Session], list[str]]:
    """The sessions in lines of the form `discipline | subject | session | key concept; key concept`.

    Blank lines and lines that start with `#` are passed over.

    Returns:
        The sessions, and the lines that do not have the form.
    """
    sessions: list[Session] = []
    bad: list[str] = []
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        concepts = tuple(concept.strip() for concept in parts[-1].split(";") if concept.strip())
        if len(parts) != 4 or not all(parts) or not concepts:
            bad.append(line)
            continue
        sessions.append(Session(parts[0], parts[1], parts[2], concepts))
    return sessions, bad


def sessions_of(text: str) -> tuple[Session, ...]:
    """The sessions of a syllabus that has no bad line.

    Raises:
        ValueError: A line does not have the form, or there is no line at all.
    """
    sessions, bad = read_sessions(text)
    if bad:
        raise ValueError(f"line {bad[0][:80]!r} is not of the form '{FORM}'")
    if not sessions:
        raise ValueError(f"no session; expected lines of the form '{FORM}'")
    return tuple(sessions)
