"""What the levels share: the rules that every question keeps, and turning a reply's drafts into rows."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

from .. import programs
from ..concepts import school_level
from ..domains import DOMAINS
from ..randomness import row_seed
from ..rows import Document, Question, Rejected
from ..tagged import block, blocks

RULES = """\
- It stands alone: a reader who never saw the reference can answer it. Say nothing of "the document", "the text" or \
"the figure above".
- It states every assumption that it needs, and asks for one thing; no more than two sub-questions.
- It has one exact answer, or says that an approximate one is meant and to how many places.
- Mathematics is written in LaTeX between dollar signs.
- It is correct English, and a teacher would hand it out."""

TEXT = """\
<text>
...
</text>"""

SUITABLE = "If there is nothing here to ask about, reply only with <not_suitable>the reason</not_suitable>."


def worded(prompt: str, domain: str) -> str:
    """A level's prompt for a domain: where answers are code, with the rules of programming tasks, and with tests."""
    if DOMAINS[domain].answers == "value" or RULES not in prompt:
        return prompt
    return prompt.replace(RULES, programs.RULES).replace(TEXT, f"{TEXT}\n{programs.FORM}")


def drafts(text: str, name: str, level: str) -> list[str] | Rejected:
    """The `<question>` blocks of a reply, or why there are none."""
    found = blocks(text, "question")
    if found:
        return found
    refusal = block(text, "not_suitable")
    if refusal is not None:
        return Rejected(name, level, "not_suitable", refusal)
    return Rejected(name, level, "garbled", text[:200])


def request_seed(seed: int, level: str, name: str, turn: int) -> int:
    """The seed of a request: the first for an input is turn 0, and each later one has its own."""
    return row_seed(seed, level, name, turn) if turn else row_seed(seed, level, name)


def question_id(level: str, sources: Sequence[str], text: str) -> str:
    """The id of a question: it depends on the level, what the question was made from, and its words."""
    digest = hashlib.sha256("\0".join([level, *sources, text]).encode()).hexdigest()
    return f"{level}-{digest[:16]}"


def question_row(
    draft: str,
    level: str,
    *,
    domain: str,
    subject: str,
    topics: Sequence[str],
    concepts: Sequence[str],
    documents: Sequence[Document],
    question_model: str,
    prompt_hash: str,
    seed: int,
    origin: str = "new",
    walk: Sequence[str] = (),
    document_shortened: bool = False,
) -> Question | Rejected:
    """One draft as a row, or why it is none."""
    names = [document.id for document in documents]
    text = block(draft, "text")
    if not text:
        return Rejected("+".join(names), level, "garbled", draft[:200])
    question = Question(
        id=question_id(level, names, text),
        question=text,
        level=level,
        domain=domain,
        school_level=school_level(block(draft, "school_level")),
        origin=origin,
        subject=subject,
        topics=tuple(topics),
        concepts=tuple(concepts),
        document_ids=tuple(names),
        document_urls=tuple(document.url for document in documents),
        walk=tuple(walk),
        question_model=question_model,
        prompt_hash=prompt_hash,
        seed=seed,
        document_shortened=document_shortened,
    )
    return with_tests(question, block(draft, "tests"), "+".join(names))


def with_tests(question: Question, written: str | None, name: str) -> Question | Rejected:
    """The question with its tests, or why they will not do; as it is in a domain whose answers are values.

    Args:
        written: the tests as a draft has them.
        name: what the draft is rejected under.
    """
    if DOMAINS[question.domain].answers == "value":
        return question
    if not written:
        return Rejected(name, question.level, "no_tests", question.question[:200])
    try:
        return dataclasses.replace(question, tests=programs.read_tests(written, question.question))
    except programs.UnusableTests as unusable:
        return Rejected(name, question.level, "unusable_tests", str(unusable))
