"""Documents of a syllabus: a blog post, exam paper, textbook section or lecture notes about given key concepts."""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from ..family import tex
from ..lexicon import lexicon, words
from ..problem import solve, write
from .chance import Chance
from .choosing import problem_about
from .prompt import Prompt

GENRES = ("blog post", "exam paper", "textbook section", "lecture notes")
WORDS = (150, 500)  # where the prompt names no range
MOST_CONCEPTS = 5
SECTIONS = 24  # at most; each is a concept described, or an example
PEOPLE = tuple(
    re.findall(
        r"\S+",
        """
        abel apollonius archimed bayes bellman bell bernoulli bezout bézout boole burnside cantor cartes cauchy
        catalan cayley chebyshev cramer dijkstra diophant dirichlet euclid euler fermat fibonacci fourier frobenius
        galois gauss gibbs gini gram-schmidt green hamming hamilton hermit heron hess hilbert horner jaccard jacobi
        jordan karush kruskal kutta lagrange laplace legendre leibniz l'h lucas maclaurin manhattan markov moivre
        newton pascal pearson pell pick poisson prim's pythag riemann rolle runge shannon simpson stirling stokes
        student's taylor turing vandermonde venn vieta
        """,
    )
)  # the beginnings of words that are written with a capital


@functools.cache
def glossary() -> dict[tuple[str, ...], str]:
    """What terms mean, in a sentence or two: each concept of the taxonomy and some beyond, by their singular words."""
    return {words(name): meaning for name, meaning in _yaml(Path(__file__).parents[1] / "glossary.yaml").items()}


@functools.cache
def prose() -> dict[str, Any]:
    """Lists of sentences by their place in a document, some of them by genre too."""
    return _yaml(Path(__file__).with_name("prose.yaml"))


def _yaml(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


class _Writer:
    """One document while it is written: the session's terms, the draws, and which sentences it has used."""

    def __init__(self, prompt: Prompt, genre: str, chance: Chance) -> None:
        named = [name.strip() for name in (prompt.line("Key concepts") or "").split(";")]
        self.genre = genre
        self.chance = chance
        self.concepts = [name for name in named if name] or [prompt.line("Session") or "the subject"]
        self.terms = {
            "discipline": _in_sentence(prompt.line("Discipline") or "mathematics"),
            "subject": _in_sentence(prompt.line("Subject") or "mathematics"),
            "session": _in_sentence(prompt.line("Session") or self.concepts[0]),
        }
        asked = re.search(r"(\d+) to (\d+) words", prompt.instructions)
        self.fewest, self.most = (int(asked[1]), int(asked[2])) if asked else WORDS
        self.used: set[str] = set()
        self.families: set[str] = set()
        self.examples = 0

    def say(self, options: list[str], concept: str, **more: str) -> str:
        """One of the sentences, not used before where possible, about a concept."""
        fresh = [option for option in options if option not in self.used] or options
        template = self.chance.one(fresh)
        self.used.add(template)
        others = [name for name in self.concepts if name != concept] or [self.terms["session"]]
        terms = {**self.terms, "concept": _in_sentence(concept), "other": _in_sentence(self.chance.one(others))}
        capitalised = {name.capitalize(): value[:1].upper() + value[1:] for name, value in terms.items()}
        return _capital(template.format(**terms, **capitalised, **more))

    def definition(self, concept: str) -> str:
        meanings = glossary()
        known = meanings.get(words(concept)) or meanings.get(words(lexicon().concept(concept) or ""))
        return known or self.say(prose()["unknown_definitions"], concept)

    def example(self, concept: str) -> tuple[str, str] | None:
        """A problem on the concept and its solution; None for a concept that the taxonomy does not know."""
        problem = problem_about(lexicon().concept(concept) or "", self.chance, avoid=self.families)
        if problem is None:
            return None
        self.families.add(problem.parts[0].family.name)
        self.examples += 1
        solution = solve(problem)
        steps = " ".join(solution.steps)
        if isinstance(solution.value, int | Fraction) and tex(solution.value) not in solution.steps[-1]:
            steps += f" The answer is ${tex(solution.value)}$."
        return write(problem), steps


def write_document(prompt: Prompt, chance: Chance) -> str:
    """As many words as asked for about the key concepts, in the genre that the prompt names."""
    genre = next((one for one in GENRES if re.search(rf"\b{one}\b", prompt.instructions, re.IGNORECASE)), GENRES[2])
    writer = _Writer(prompt, genre, chance)
    body = _exam(writer) if genre == "exam paper" else _text(writer)
    return "<document>\n" + "\n\n".join(body) + "\n</document>"


def _text(writer: _Writer) -> list[str]:
    """A text that takes the concepts one after another: what each is, how it relates, an example with its solution."""
    chance, genre = writer.chance, writer.genre
    concepts = chance.some(writer.concepts, MOST_CONCEPTS)
    target = _target(writer)
    paragraphs = [
        writer.say(prose()["titles"][genre], concepts[0]),
        writer.say(prose()["openings"][genre], concepts[0]),
    ]
    closing = writer.say(prose()["closings"][genre], concepts[0])
    for section in range(SECTIONS):
        concept = concepts[section % len(concepts)]
        if section < len(concepts):
            described = writer.say(prose()["definition_leads"], concept, definition=writer.definition(concept))
            if chance.happens(0.5):
                described += " " + writer.say(prose()["links"], concept)
            paragraphs.append(described)
        paragraphs += _example(writer, concept) if section < len(concepts) or _count(paragraphs) < target else []
        if section >= len(concepts) and not writer.examples:
            paragraphs.append(
                writer.say(prose()["unknown_definitions"], concept) + " " + writer.say(prose()["links"], concept)
            )
        if _count(paragraphs) >= target:
            break
    while _count([*paragraphs, closing]) > writer.most and len(paragraphs) > 3:
        paragraphs.pop()
    return [*paragraphs, closing]


def _example(writer: _Writer, concept: str) -> list[str]:
    example = writer.example(concept)
    if example is None:
        return []
    problem, solution = example
    asked = writer.say(prose()["example_leads"][writer.genre], concept, problem=problem, number=str(writer.examples))
    solved = writer.say(prose()["solution_leads"], concept, solution=solution)
    if writer.chance.happens(0.4):
        solved += " " + writer.say(prose()["comments"], concept)
    return [f"{asked} {solved}"] if writer.chance.happens(0.3) else [asked, solved]


def _exam(writer: _Writer) -> list[str]:
    """Numbered questions with marks, some of them on definitions, and the solutions after them."""
    chance = writer.chance
    concepts = chance.some(writer.concepts, MOST_CONCEPTS)
    paragraphs = [
        writer.say(prose()["titles"]["exam paper"], concepts[0]),
        writer.say(prose()["openings"]["exam paper"], concepts[0]),
    ]
    solutions: list[str] = []
    target = _target(writer)
    label = chance.one(("{number}.", "Question {number}.", "Q{number}.", "({number})"))
    marks = chance.one(("({marks} marks)", "[{marks}]", "[{marks} points]"))
    for section in range(SECTIONS):
        concept = concepts[section % len(concepts)]
        example = writer.example(concept)
        if section < len(concepts) and (example is None or chance.happens(0.4)):
            task, solved = writer.say(prose()["exam_tasks"], concept), writer.definition(concept)
        elif example is not None:
            task, solved = example
        elif section < 2 * len(concepts):
            task, solved = (
                writer.say(prose()["exam_tasks"], concept),
                writer.say(prose()["unknown_definitions"], concept),
            )
        else:
            break
        number = len(solutions) + 1
        points = marks.format(marks=chance.one((2, 3, 4, 5, 6, 8)))
        paragraphs.append(f"{label.format(number=number)} {task} {points}")
        solutions.append(f"{label.format(number=number)} {solved}")
        if _count(paragraphs) + _count(solutions) >= target:
            break
    closing = writer.say(prose()["closings"]["exam paper"], concepts[0])
    heading = chance.one(("Solutions", "Answers", "Marking guide", "Worked solutions"))
    while _count([*paragraphs, *solutions]) > writer.most - 20 and len(solutions) > 1:
        solutions.pop()
    return [*paragraphs, closing, heading, *solutions]


def _target(writer: _Writer) -> int:
    """How many words to aim at: off both ends of the range, since the last example goes beyond it."""
    margin = (writer.most - writer.fewest) // 4
    return int(writer.chance.rng.integers(writer.fewest + margin // 2, writer.most - margin))


def _count(paragraphs: list[str]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def _in_sentence(name: str) -> str:
    """A name as it stands inside of a sentence: the names of people with a capital, other words without."""
    return " ".join(_cased(word) for word in name.split())


def _cased(word: str) -> str:
    for person in PEOPLE:
        if word.casefold().startswith(person):
            return word[:1].upper() + word[1:]
    return word if any(map(str.isupper, word[1:])) or len(word) == 1 else word.lower()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
