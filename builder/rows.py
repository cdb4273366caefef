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
    """One document of the corpus, with the columns that FineWeb-style sources have.

    `score` is the source's own; `relevance` is what our filter gives, 1 to 10, and None before it.
    """

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
    relevance: float | None = None


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
    epoch: int = 0
    concept_topics: tuple[str, ...] = ()

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
    """One question with everything that made it.

    `tests` are what a program has to pass that answers it, `assert f(2) == 4` each (programs.py); answers to a question
    that has none end in a value.
    """

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
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One sampled answer to a question; `final_answer` is empty where none could be read.

    Where the question has tests, `final_answer` is the program, and `verdict` says that it `passed` or how it failed;
    of one that passed, `outcomes` are what it does on further arguments (behaviour.py).

    `round` is 0 for the first sampling and counts the debates after it; only the last round votes. `weight` is a
    judge's, and 1 where none was asked.
    """

    question_id: str
    sample: int
    text: str
    final_answer: str
    finish_reason: str
    answer_model: str
    round: int = 0
    weight: float = 1.0
    verdict: str = ""
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifiedQuestion:
    """One row of the published dataset: a question, the solution that the vote elected, and how sure it was.

    `votes` counts the answers that voted and `agreement` is the winner's share of them; both order the curriculum.
    `verified` says that two answers or more agree and that no equality which the solution states is false. Where there
    are `tests`, the winner's are the answers that pass them all and do the same on further arguments, and `verified`
    says that the published one passes.
    """

    id: str
    question: str
    answer: str
    final_answer: str
    messages: tuple[Message, ...]
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
    answer_model: str
    votes: int
    agreement: float
    verified: bool
    prompt_hash: str
    seed: int
    question_words: int
    answer_words: int
    vote_entropy: float
    self_contained: bool
    language: str
    checked_equalities: int
    document_shortened: bool = False
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that a stage refused, and why. `reason` is a short slug to count by; `detail` is for reading."""

    id: str
    stage: str
    reason: str
    detail: str = ""
