"""How a question is put to a model: the chat prompt of the Qwen2.5-Math evaluation, or worked examples for base models.

`boxed` and `boxed-system` word the instruction as the paper's evaluation does. The worked examples are our own, of
different fields and kinds of answer, and of no benchmark.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..builder.endpoints.protocol import Request
from ..builder.randomness import row_seed
from ..builder.rows import Message
from .recipe import EvalRecipe

INSTRUCTION = "Please reason step by step, and put your final answer within \\boxed{}."
QUESTION, ANSWER = "Question:", "Answer:"
STOP = (f"\n\n{QUESTION}", f"\n{QUESTION}")
"""Where a base model goes on to a question of its own."""


@dataclass(frozen=True)
class Example:
    """A worked example."""

    question: str
    answer: str


EXAMPLES = (
    Example(
        "A gardener plants 4 rows of 7 tulips and then gives 5 tulips away. How many tulips are left in the rows?",
        "The rows hold 4 times 7, that is 28 tulips. After 5 are given away, 28 - 5 = 23 are left. "
        "The answer is $\\boxed{23}$.",
    ),
    Example(
        "Solve $x^2 - 5x + 6 = 0$ for $x$.",
        "The polynomial factors as $(x-2)(x-3)$, since $2 + 3 = 5$ and $2 \\cdot 3 = 6$. A product is zero where a "
        "factor is, so $x = 2$ or $x = 3$. The answer is $\\boxed{2, 3}$.",
    ),
    Example(
        "Two fair coins are thrown. What is the probability that both show the same side?",
        "There are four equally likely outcomes: HH, HT, TH and TT. Two of them, HH and TT, show the same side, so the "
        "probability is $\\frac{2}{4} = \\frac{1}{2}$. The answer is $\\boxed{\\frac{1}{2}}$.",
    ),
    Example(
        "Find the derivative of $f(t) = t^2 \\sin t$.",
        "By the product rule $f'(t) = (t^2)' \\sin t + t^2 (\\sin t)' = 2t \\sin t + t^2 \\cos t$. "
        "The answer is $\\boxed{2t \\sin t + t^2 \\cos t}$.",
    ),
    Example(
        "A triangle has legs of length 9 and 12 that meet at a right angle. How long is its third side?",
        "By the theorem of Pythagoras the square of the third side is $9^2 + 12^2 = 81 + 144 = 225$, and "
        "$\\sqrt{225} = 15$. The answer is $\\boxed{15}$.",
    ),
    Example(
        "For which real numbers $y$ is $3 - 2y < 7$?",
        "Subtracting 3 gives $-2y < 4$. Dividing by $-2$ turns the sign around: $y > -2$. "
        "The answer is $\\boxed{(-2, \\infty)}$.",
    ),
    Example(
        "What is the remainder when $7^{10}$ is divided by 5?",
        "Since $7$ leaves $2$, the remainder is that of $2^{10} = 1024$, which is $1020 + 4$. "
        "The answer is $\\boxed{4}$.",
    ),
    Example(
        "A car covers 150 kilometres in 2.5 hours. What is its average speed in kilometres per hour?",
        "The speed is the distance divided by the time, $150 / 2.5 = 60$. The answer is $\\boxed{60}$.",
    ),
)


def messages_for(recipe: EvalRecipe, question: str) -> list[Message]:
    """The messages that put a question to the model."""
    match recipe.prompt:
        case "boxed":
            return [{"role": "user", "content": f"{question}\n{INSTRUCTION}"}]
        case "boxed-system":
            return [{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": question}]
        case "question":
            return [{"role": "user", "content": question}]
    shown = [f"{QUESTION} {one.question}\n{ANSWER} {one.answer}" for one in EXAMPLES[: recipe.shots]]
    return [{"role": "user", "content": "\n\n".join([*shown, f"{QUESTION} {question}\n{ANSWER}"])}]


def request_for(recipe: EvalRecipe, task: str, question_id: str, question: str, sample: int) -> Request:
    """The request for one sample of an answer; its seed depends on the question, not on the order of asking."""
    return Request(
        messages_for(recipe, question),
        max_tokens=recipe.max_tokens,
        temperature=recipe.temperature,
        top_p=recipe.top_p,
        seed=row_seed(recipe.seed, task, question_id, sample) if recipe.temperature > 0 else None,
        stop=STOP if recipe.prompt == "few-shot" else (),
        sample=sample,
    )
