"""The cold start's positives: a syllabus of the domain, and synthetic documents written from its sessions.

    domain ──(domain file, a file of the user, or the model)──> sessions ──x genre──> synthetic documents

Source: method section 2.1, stage 1; the syllabus after GLAN, arXiv 2402.13064.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..domains import Domain, Session, read_sessions, sessions_of
from ..endpoints.protocol import Generate, Request
from ..errors import RecipeError
from ..prompts import fill, prompt_hash
from ..rows import Document, Rejected

GENRES = ("blog post", "exam paper", "textbook section", "lecture notes")
SOURCE = "syllabus"

SYLLABUS_PROMPT = """\
You plan the teaching of a whole field of knowledge.

Domain: [[DOMAIN]]

[[RELEVANCE]]

Write its syllabus, from the first school years to the first graduate years: the disciplines of the domain, the
subjects of each discipline, the class sessions of each subject, and the key concepts that each session teaches, in the
standard terms of the field. Cover the whole domain evenly, with about [[SESSIONS]] sessions.

Reply with one line per session, inside <syllabus> and </syllabus>, in exactly this form:

<syllabus>
discipline | subject | session | key concept; key concept; key concept
</syllabus>
"""

DOCUMENT_PROMPT = """\
Write a [[GENRE]] as it might be found on the web, in English, for one class session of a course.

Discipline: [[DISCIPLINE]]
Subject: [[SUBJECT]]
Session: [[SESSION]]
Key concepts: [[CONCEPTS]]

Treat the key concepts in substance, as an expert would for readers who learn them: explain, work through examples, and
use the notation of the field, in LaTeX where it is needed. Write 300 to 600 words, only the document itself, and
nothing about this request.

Reply with the document inside <document> and </document>.
"""

SYLLABUS_PROMPT_HASH = prompt_hash(SYLLABUS_PROMPT)
DOCUMENT_PROMPT_HASH = prompt_hash(DOCUMENT_PROMPT)

_SYLLABUS = re.compile(r"<syllabus>(.*?)</syllabus>", re.DOTALL)
_DOCUMENT = re.compile(r"<document>(.*)</document>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One synthetic document to write: a session in a genre."""

    id: str
    session: Session
    genre: str


async def write_syllabus(
    domain: Domain, generate: Generate, seed: int, sessions: int = 100, max_tokens: int = 8_192
) -> list[Session] | Rejected:
    """The syllabus of a domain as the model writes it, or why there is none.

    Lines of another form are dropped; the reply is rejected when more than half of its lines are.
    """
    prompt = fill(SYLLABUS_PROMPT, DOMAIN=domain.title, RELEVANCE=domain.relevance, SESSIONS=str(sessions))
    completion = await generate(
        Request([{"role": "user", "content": prompt}], max_tokens=max_tokens, temperature=0.7, seed=seed)
    )
    name = f"syllabus/{domain.name}"
    if completion.finish_reason == "length":
        return Rejected(name, "filter", "truncated", f"{completion.completion_tokens} tokens")
    found = _SYLLABUS.search(completion.text)
    if found is None:
        return Rejected(name, "filter", "no_syllabus_tag", completion.text[:200])
    written, bad = read_sessions(found[1])
    if not written or len(bad) > len(written):
        return Rejected(name, "filter", "unparsable_syllabus", (bad or ["no line"])[0][:200])
    return written


def read_syllabus(path: Path) -> tuple[Session, ...]:
    """A syllabus from a file of lines `discipline | subject | session | key concept; key concept`.

    Raises:
        RecipeError: The file cannot be read, or a line has another form.
    """
    try:
        return sessions_of(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"filter.syllabus: {path}: cannot read: {error.strerror}") from error
    except ValueError as error:
        raise RecipeError(f"filter.syllabus: {path}: {error}") from error


def assignments(sessions: Sequence[Session], genres: Sequence[str], count: int, seed: int) -> list[Assignment]:
    """`count` different pairs of session and genre in a seeded order, every session before any comes again.

    With more asked for than there are pairs, pairs repeat, and the request's seed tells the repetitions apart.
    """
    order = np.random.default_rng([seed, 0x5711]).permutation(len(sessions))
    chosen = []
    for place in range(count):
        turn, index = divmod(place, len(sessions))
        which = int(order[index])
        genre = genres[(turn + index) % len(genres)]
        chosen.append(Assignment(f"{SOURCE}/{which}/{genre.replace(' ', '-')}/{turn}", sessions[which], genre))
    return chosen


async def syllabus_document(
    assignment: Assignment, generate: Generate, seed: int, max_tokens: int = 2_048
) -> Document | Rejected:
    """One synthetic document of a session in a genre, or why there is none."""
    session = assignment.session
    prompt = fill(
        DOCUMENT_PROMPT,
        GENRE=assignment.genre,
        DISCIPLINE=session.discipline,
        SUBJECT=session.subject,
        SESSION=session.session,
        CONCEPTS="; ".join(session.key_concepts),
    )
    completion = await generate(
        Request([{"role": "user", "content": prompt}], max_tokens=max_tokens, temperature=0.7, seed=seed)
    )
    if completion.finish_reason == "length":
        return Rejected(assignment.id, "filter", "truncated", f"{completion.completion_tokens} tokens")
    found = _DOCUMENT.search(completion.text)
    if found is None:
        return Rejected(assignment.id, "filter", "no_document_tag", completion.text[:200])
    text = found[1].strip()
    if not text:
        return Rejected(assignment.id, "filter", "empty_document")
    return Document(assignment.id, text, source=SOURCE)
