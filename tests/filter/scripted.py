"""A small written world to filter, and a model that answers the filter's prompts from their text alone.

The documents are made of sentences about the key concepts of a syllabus, so that what belongs to mathematics is known
without asking the code under test; the model knows a document by the share of words that a syllabus uses.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from synthllm.builder.domains import DOMAINS
from synthllm.builder.endpoints.protocol import Completion, Failure, Request, RequestFailed
from synthllm.builder.rows import Document

EVERYDAY = (
    "the market opened early", "a ship left the harbour", "her brother wrote a letter", "the council voted on taxes",
    "they walked along the river", "the army crossed the border", "an old house burned", "the singer toured Europe",
    "patients reported better sleep", "the court heard the case", "farmers planted wheat", "a storm hit the coast",
)  # fmt: skip
FRAMES = (
    "We study the {} here.", "Recall what a {} is.", "Compute the {} of the given data.", "Every {} has this property.",
    "Consider an example of a {}.", "The {} is used in the next step.", "Find the {} and check the result.",
)  # fmt: skip
_MATHEMATICS = [concept for session in DOMAINS["mathematics"].syllabus for concept in session.key_concepts]
_PHYSICS = [concept for session in DOMAINS["physics"].syllabus for concept in session.key_concepts]
_LEXICON = {word for concept in _MATHEMATICS for word in re.findall(r"[a-z]{4,}", concept.lower())} - {
    word for concept in _PHYSICS for word in re.findall(r"[a-z]{4,}", concept.lower())
}


def world(count: int, seed: int = 0) -> list[Document]:
    """Documents of which a third each is mathematics, physics and everyday life; the id begins with which."""
    rng = np.random.default_rng(seed)
    documents = []
    for number in range(count):
        kind = ("mathematics", "physics", "everyday")[number % 3]
        concepts = {
            "mathematics": _MATHEMATICS[::4],
            "physics": _PHYSICS[::2],
            "everyday": ["story", "report", "life"],
        }[kind]
        some = rng.choice(concepts, 6)
        sentences = [str(rng.choice(FRAMES)).format(rng.choice(some)) for _ in range(20)]
        sentences += [f"Then {rng.choice(EVERYDAY)}." for _ in range(3 if kind != "everyday" else 12)]
        documents.append(Document(f"{kind}/{number}", " ".join(rng.permutation(sentences)), url=f"https://x/{number}"))
    return documents


@dataclass
class Model:
    """Answers prompts by rules; counts what it is asked, and can answer in any order and fail on chosen documents."""

    shuffle: bool = False
    garble: float = 0.0
    refuse: float = 0.0
    asked: list[Request] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    async def __call__(self, request: Request) -> Completion:
        self.asked.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        rng = np.random.default_rng(request.seed)
        await asyncio.sleep(float(np.random.default_rng().random()) * 0.003 if self.shuffle else 0)
        self.in_flight -= 1
        luck = rng.random()
        if luck < self.refuse:
            raise RequestFailed(Failure("refused", 400, "no"))
        if luck < self.refuse + self.garble:
            return Completion("I would rather not <relevance>eleven</relevance>", "stop", 1, 1, "scripted")
        prompt = request.messages[-1]["content"]
        return Completion(self.reply(prompt, rng), "stop", len(prompt) // 4, 20, "scripted")

    def reply(self, prompt: str, rng: np.random.Generator) -> str:
        if "<relevance>" in prompt:
            document = prompt.split("<document>", 1)[1].split("</document>", 1)[0]
            words = re.findall(r"[a-z]{4,}", document.lower())
            share = sum(word in _LEXICON for word in words) / max(1, len(words))
            relevance = 9 if share > 0.12 else 3
            return f"<relevance>{relevance}</relevance> <clarity>8</clarity> <language>{rng.integers(7, 10)}</language>"
        concepts = next(line for line in prompt.splitlines() if line.startswith("Key concepts: ")).split(": ")[1]
        some = concepts.split("; ")
        text = " ".join(str(rng.choice(FRAMES)).format(rng.choice(some)) for _ in range(15))
        return f"<document>\n{text}\n</document>"


def stream(documents: list[Document]) -> Iterator[Document]:
    yield from documents


def truth(document_id: str) -> bool:
    """Whether a document of the world is mathematics."""
    return document_id.startswith("mathematics/")
