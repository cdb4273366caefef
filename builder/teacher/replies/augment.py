"""Other questions from a question: in other words, and for personas."""

from __future__ import annotations

from ..lexicon import lexicon
from ..problem import reword, write
from ..reading import read
from .chance import Chance
from .choosing import concepts_of, garbled, problem_about, school_level, tagged_question
from .prompt import Prompt

TRIES_PER_QUESTION = 3
PERSONAS = (
    "a nurse who plans the shifts of a ward",
    "a carpenter who cuts beams to order",
    "a bus driver who keeps a log of every trip",
    "a baker who tries new recipes at night",
    "a pilot who checks each flight plan twice",
    "a librarian who sorts returned books",
    "a chess coach of a school team",
    "a surveyor who maps farmland",
    "a software tester who looks for patterns in failures",
    "a statistician at a public health office",
    "a physics student who tutors on weekends",
    "a retired accountant who likes puzzles",
    "a farmer who plans the next season",
    "a network engineer who connects rural towns",
    "a game designer who balances the odds",
    "a primary school teacher who prepares a mathematics club",
    "a ship's navigator who learned to reckon by hand",
    "an architect who draws by hand first",
    "an insurance clerk who estimates claims",
    "an amateur astronomer with a home-built telescope",
    "a logistics planner at a warehouse",
    "a music teacher who counts rhythms",
    "a journalist who checks the numbers in reports",
    "a mechanic who restores old clocks",
    "a biologist who counts birds on an island",
    "a quality inspector in a glass factory",
    "a postal worker who plans delivery rounds",
    "a graduate student who grades homework",
    "a cyclist who measures every climb",
    "a gardener who lays out flower beds",
    "a cryptography enthusiast who collects old ciphers",
    "an economist who advises a small town",
)


def rephrase(prompt: Prompt, chance: Chance) -> str:
    """The same problem in other words, with the same answer."""
    problem = read(prompt.question or "")
    if problem is None:
        return "<not_suitable>I do not understand the question well enough to put it in other words.</not_suitable>"
    wanted = prompt.number("Number of questions", 5)
    texts: dict[str, None] = {}
    for _ in range(wanted * TRIES_PER_QUESTION):
        reworded = reword(problem, chance.rng) if len(texts) < wanted else None
        if reworded is not None:
            texts[write(reworded)] = None
    if not texts:
        return "<not_suitable>I know no other words for this question.</not_suitable>"
    return garbled("\n".join(map(tagged_question, texts)), chance)


def questions_for_personas(prompt: Prompt, chance: Chance) -> str:
    """New questions on related concepts, each with the person who might ask it."""
    wanted = prompt.number("Number of questions", 5)
    question = prompt.question or ""
    problem = read(question)
    concepts = list(concepts_of(problem) if problem else lexicon().count(question))
    if not concepts:
        return "<not_suitable>I find no mathematics in the question to build on.</not_suitable>"
    topics = {lexicon().topic_of[concept].name: lexicon().topic_of[concept] for concept in concepts}
    related = concepts + [concept for topic in topics.values() for concept in topic.concepts if concept not in concepts]
    used = {part.family.name for part in problem.parts} if problem else set()
    questions: list[str] = []
    personas = chance.some(PERSONAS, wanted)
    for concept in chance.some(related, len(related)) + related:
        if len(questions) == len(personas):
            break
        new = problem_about(concept, chance, avoid=used)
        if new is not None:
            fields = ("persona", personas[len(questions)]), ("school_level", school_level(new))
            questions.append(tagged_question(write(new), *fields))
            used.add(new.parts[0].family.name)
    if not questions:
        return "<not_suitable>I know no related question.</not_suitable>"
    return garbled("\n".join(questions), chance)
