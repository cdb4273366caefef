"""Level 3: questions on concepts that a walk of the concept graph brought together (method section 2.2, level 3)."""

from __future__ import annotations

import re

from ..concept_names import concept_key
from ..concepts import SCHOOL_LEVELS
from ..endpoints.protocol import Generate, Request
from ..prompts import fill, prompt_hash, quoted
from ..recipe import Recipe
from ..rows import Combination, GroundedCombination, Question, Rejected
from ..tagged import block
from .questions import RULES, SUITABLE, TEXT, drafts, question_row, request_seed, worded

LEVEL = "level3"
SIZES = (2, 3)  # concepts in a question
_TOPIC = re.compile(r"\(topic:[^()]*\)")  # as the prompt lists a concept, and a model may repeat it

PROMPT = f"""\
# Task: write questions that connect two documents

You teach [[DOMAIN]]. Write questions that each combine 2 to 3 of the key concepts below, all of different topics, \
so that a question cannot be answered without every one of them: the result of one part enters the next. Choose \
other concepts for each question. The documents show how the concepts are used.

Number of questions: [[NUMBER]]

Each question keeps these rules:
{RULES}

# Key concepts

[[CONCEPTS]]

# Documents

[[DOCUMENTS]]

# Form of the reply

<question>
<concepts>the concepts that it combines, as they are named above, separated by semicolons</concepts>
<school_level>one of [[SCHOOL_LEVELS]]</school_level>
{TEXT}
</question>

Repeat <question> for each. {SUITABLE}
"""


async def questions(
    grounded: GroundedCombination, generate: Generate, recipe: Recipe, turn: int = 0
) -> list[Question | Rejected]:
    """Ask for the questions of one combination."""
    combination, documents = grounded.combination, grounded.documents
    passages = [quoted(document.text) for document in documents]
    if len(set(combination.concept_topics)) < min(SIZES):
        return [Rejected(combination.id, LEVEL, "one_topic", "; ".join(combination.concepts))]
    named = zip(combination.concepts, combination.concept_topics, strict=True)
    wording = worded(PROMPT, recipe.domain)
    prompt = fill(
        wording,
        DOMAIN=recipe.domain,
        NUMBER=str(recipe.level3.questions),
        CONCEPTS="\n".join(f"- {concept} (topic: {topic})" for concept, topic in named),
        DOCUMENTS="\n\n".join(f"<document>\n{passage}\n</document>" for passage in passages),
        SCHOOL_LEVELS=", ".join(SCHOOL_LEVELS),
    )
    seed = request_seed(recipe.seed, LEVEL, combination.id, turn)
    longest = max(passages, key=len, default=None)
    completion = await generate(
        Request([{"role": "user", "content": prompt}], **recipe.sampling.model_dump(), seed=seed, document=longest)
    )
    if completion.finish_reason == "length":
        return [Rejected(combination.id, LEVEL, "truncated")]
    found = drafts(completion.text, combination.id, LEVEL)
    if isinstance(found, Rejected):
        return [found]
    rows: list[Question | Rejected] = []
    for draft in found[: recipe.level3.questions]:
        chosen = chosen_concepts(block(draft, "concepts") or "", combination)
        if isinstance(chosen, Rejected):
            rows.append(chosen)
            continue
        topic = dict(zip(combination.concepts, combination.concept_topics, strict=True))
        rows.append(
            question_row(
                draft,
                LEVEL,
                domain=recipe.domain,
                subject=grounded.subject,
                topics=[topic[concept] for concept in chosen],
                concepts=chosen,
                documents=documents,
                question_model=completion.model,
                prompt_hash=prompt_hash(wording),
                seed=seed,
                walk=combination.walk,
                document_shortened=completion.shortened,
            )
        )
    return rows


def chosen_concepts(text: str, combination: Combination) -> tuple[str, ...] | Rejected:
    """The concepts that the model says it combined, as the combination names them, or why they will not do."""
    known = {concept_key(concept): concept for concept in combination.concepts}
    names = [name for line in re.split(r"[;\n]", text) if (name := _TOPIC.sub("", line).strip(" \t-*"))]
    strangers = [name for name in names if concept_key(name) not in known]
    if strangers:
        return Rejected(combination.id, LEVEL, "concept_not_in_combination", "; ".join(strangers))
    chosen = tuple(dict.fromkeys(known[concept_key(name)] for name in names))
    if not min(SIZES) <= len(chosen) <= max(SIZES):
        return Rejected(combination.id, LEVEL, "wrong_number_of_concepts", text[:200])
    topic = dict(zip(combination.concepts, combination.concept_topics, strict=True))
    if len({topic[concept] for concept in chosen}) < len(chosen):
        return Rejected(combination.id, LEVEL, "one_topic", text[:200])
    return chosen
