"""The rows that stages read and write. Each is a plain frozen record; `store.py` derives its parquet schema from it.

    Document ──concepts──> Concepts ──graph──> Combination
        │                     │                    │
      level 1               level 2             level 3
        └─────────────────────┴────────────────────┘
                           Question ──answers──> Answer ──verify──> VerifiedQuestion

A stage that refuses a row gives a `Rejected` in its place: stored, counted, and shown in the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict


class Message(TypedDict):
    """One turn of a conversation, as chat templates read it."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the corpus, with the columns that FineWeb-style sources have."""

    id: str
    text: str
    url: str = ""
    source: str = ""
    dump: str | None = None
    date: str | None = None
    language: str | None = None
    language_score: float | None = None
    token_count: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Concepts:
    """What one document teaches: 1 to 5 topics, each with key concepts (method: level 2 and 3).

    `concepts` lists the distinct key concepts; `concept_topics[i]` is the index in `topics` of the topic under which
    `concepts[i]` was named, and is empty where that is not known.
    """

    document_id: str
    topics: tuple[str, ...]
    concepts: tuple[str, ...]
    concept_topics: tuple[int, ...] = ()
    school_level: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference document with what it teaches; `concepts` is None where extraction gave nothing."""

    document: Document
    concepts: Concepts | None


@dataclass(frozen=True, slots=True)
class Combination:
    """One sample of the concept graph: K_g, and the documents that ground it.

    The walk visited `topics` in order, then `concepts` in order. `concept_topics[i]` is the topic that `concepts[i]`
    belongs to, and is empty before grounding.
    """

    id: str
    topics: tuple[str, ...]
    concepts: tuple[str, ...]
    document_ids: tuple[str, ...] = ()
    concept_topics: tuple[str, ...] = ()
    epoch: int = 0

    @property
    def walk(self) -> tuple[str, ...]:
        """The nodes in the order of the walk."""
        return self.topics + self.concepts


@dataclass(frozen=True, slots=True)
class GroundedCombination:
    """A combination with the documents that ground it."""

    combination: Combination
    documents: tuple[Document, ...]
    subject: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with everything that made it."""

    id: str
    question: str
    level: str
    domain: str
    school_level: str
    origin: str
    subject: str
    topics: tuple[str, ...]
    concepts: tuple[str, ...]
    document_ids: tuple[str, ...]
    document_urls: tuple[str, ...]
    walk: tuple[str, ...]
    question_model: str
    prompt_hash: str
    seed: int
    document_shortened: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One sampled answer to a question; `final_answer` is empty where none could be read."""

    question_id: str
    sample: int
    text: str
    final_answer: str
    finish_reason: str
    answer_model: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that a stage refused, and why. `reason` is a short slug to count by; `detail` is for reading."""

    id: str
    stage: str
    reason: str
    detail: str = ""
