"""Prompts cut down to the pieces by which the teacher recognises them, and parsers of its replies."""

import re

LINEAR_ALGEBRA = """Working with matrices

The determinant of a matrix is zero exactly when the matrix is singular. Eigenvalues are the roots of the characteristic
polynomial, and the determinant is their product. The greatest common divisor and prime factors of the entries play no
part here, although least common multiples clear denominators; the greatest common divisors do as well."""
HISTORY = """The assembly met in the spring of 1776. Its members had travelled for weeks over bad roads, and many
of them doubted that anything would be decided. A pamphlet had changed the mood of the colonies within months."""


def in_tags(tag: str, text: str) -> str:
    return f"<{tag}>\n{text}\n</{tag}>"


def concepts_prompt(document: str) -> str:
    return (
        f"# Task: extract key concepts\n\nName them in <topic> and <concept> tags.\n\n{in_tags('document', document)}\n"
    )


def level1_prompt(document: str, number: int = 5) -> str:
    return (
        "# Task: write questions from a document\n\n"
        f"Number of questions: {number}\n\n{in_tags('document', document)}\n\nAnswer in <question> tags.\n"
    )


def level2_prompt(document: str, *combinations: str) -> str:
    lines = "\n".join(f"{number}. {names}" for number, names in enumerate(combinations, 1))
    return (
        "# Task: write questions that combine key concepts of a document\n\n"
        f"{in_tags('document', document)}\n\n# Combinations\n\n{lines}\n\n# Format\n\nAnswer in tags.\n"
    )


def level3_prompt(concepts: dict[str, str], number: int = 3) -> str:
    lines = "\n".join(f"- {concept} (topic: {topic})" for concept, topic in concepts.items())
    return (
        "# Task: write questions that connect two documents\n\n"
        f"{in_tags('document', HISTORY)}\n{in_tags('document', LINEAR_ALGEBRA)}\n\n"
        f"# Key concepts\n\n{lines}\n\n# Format\n\nNumber of questions: {number}\n"
    )


def rephrase_prompt(question: str, number: int = 3) -> str:
    return f"# Task: rephrase a question\n\n{in_tags('question', question)}\n\nNumber of questions: {number}\n"


def persona_prompt(question: str, number: int = 3) -> str:
    return f"# Task: write questions for personas\n\n{in_tags('question', question)}\n\nNumber of questions: {number}\n"


def answer_prompt(question: str) -> str:
    return f"Solve step by step, and put the final answer within \\boxed{{}}.\n\n{in_tags('question', question)}\n"


def document_prompt(genre: str, concepts: str, session: str = "Divisibility") -> str:
    return (
        f"Write a {genre} for students.\n\nDiscipline: Mathematics\nSubject: Number Theory\nSession: {session}\n"
        f"Key concepts: {concepts}\n\nAnswer in <document> tags.\n"
    )


def syllabus_prompt(domain: str = "mathematics") -> str:
    return f"Plan a course.\n\nDomain: {domain}\n\nWrite one session per line inside of <syllabus> tags.\n"


def rating_prompt(document: str, domain: str = "mathematics: numbers, functions, shapes, chance") -> str:
    return (
        f"Rate the document from 1 to 10.\n\nDomain: {domain}\n\n{in_tags('document', document)}\n\n"
        "Answer in <relevance>, <clarity> and <language> tags.\n"
    )


def tagged(tag: str, reply: str) -> list[str]:
    return [found.strip() for found in re.findall(rf"<{tag}>(.*?)</{tag}>", reply, re.DOTALL)]


def boxed(reply: str) -> str | None:
    """What stands in the last box, its braces balanced."""
    start = reply.rfind(r"\boxed{")
    if start < 0:
        return None
    depth = 0
    for end in range(start + 6, len(reply)):
        depth += {"{": 1, "}": -1}.get(reply[end], 0)
        if depth == 0:
            return reply[start + 7 : end]
    return None
