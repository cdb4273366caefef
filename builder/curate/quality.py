"""Signals of quality that need no model: they are columns of the dataset, for its users to filter and order by."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

# Words that only make sense beside the document or a picture. A figure that the question itself draws or describes
# ("the figure below: A(0,0), ...") is not told apart, so this is a signal and no reason to reject.
_ELSEWHERE = re.compile(
    r"\b(?:(?:the|this|these|that|above|given|provided|following)\s+(?:article|passage|document|text|excerpt|paragraph|essay|blog\s*post|web\s*page|"
    r"author|lecture|chapter|textbook)s?"
    r"|(?:the|this|that|following|given)\s+(?:figure|diagram|graph|image|picture|table|chart)\s+(?:above|below|shown|provided|on\s+the\s+(?:left|right))"
    r"|(?:figure|fig\.|diagram|table|chart|image|graph)\s+(?:above|below|\d+)"
    r"|(?:as\s+)?(?:shown|illustrated|depicted|described|mentioned|discussed|defined|given|stated)\s+(?:above|earlier|previously|in\s+the\s+"
    r"(?:figure|diagram|text|article|passage|document|table|previous))"
    r"|according\s+to\s+the\s+(?:article|passage|text|document|author|excerpt|table|figure|graph)"
    r"|(?:previous|preceding|above|last)\s+(?:question|problem|exercise|example|theorem|part)"
    r"|(?:equation|theorem|lemma|example|exercise|problem|section|chapter)\s+\(?\d+(?:\.\d+)*\)?\s+(?:above|of\s+the)"
    r"|(?:in|from|see|refer(?:ring)?\s+to)\s+the\s+(?:(?:given|following|adjoining|accompanying|attached)\s+)?"
    r"(?:figure|diagram|image|picture|illustration|photo(?:graph)?|screenshot)s?"
    r"|the\s+\w{3,20}\s+above(?=\s*(?:[,.;:?!)]|$))"
    r"|(?:provided|reference|source)\s+(?:context|materials?|text|document)s?"
    r"|(?:in|of|from|see)\s+(?:section|chapter)\s+\d+(?:\.\d+)*"
    r"|\[(?:asy|image|figure)\])\b|如图|[上下]图|右图|左图|上文|文中|前文|本文|原文",
    re.IGNORECASE,
)

_CODE = re.compile(r"`([^`\n]+)`")

_COMMON = {
    "en": "the a of and is to in that for with are what find if how as by on be an at from this each which it has when "
    "he she they his her their many much than did was were have had your let then solve simplify compute evaluate "
    "determine calculate factor divide multiply write prove show",
    "fr": "le la les des est et un une dans que pour du en sur avec par qui ce sont au calculer trouver si déterminer",
    "de": "der die das und ist ein eine in den von zu mit für auf wie sei man bestimme es dem des nicht wird berechne",
    "es": "el la los las de que y es un una en por con para se del cuál si halla al son como su sea calcula encuentra",
    "pt": "o a os as de que e é um uma em por com para se do da qual são não como ao calcule encontre seja dos no",
    "it": "il lo la gli le di che e è un una in per con si del della qual sono non come al calcola trova sia dei",
}
_COMMON_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_SCRIPTS = (
    ("HANGUL", "ko"), ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("CJK", "zh"), ("CYRILLIC", "ru"), ("ARABIC", "ar"),
    ("HEBREW", "he"), ("DEVANAGARI", "hi"), ("GREEK", "el"), ("THAI", "th"),
)  # fmt: skip
_MATHEMATICS = re.compile(r"\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-zA-Z]+|[^\w\s']|\d", re.DOTALL)


def word_count(text: str) -> int:
    """Words between white space."""
    return len(text.split())


def vote_entropy(weights: Sequence[float]) -> float:
    """Entropy of the vote in bits: 0 where all agree, 1 for an even split in two. A measure of difficulty.

    Args:
        weights: The size of each cluster of answers; an answer without a final answer is a cluster of its own.
    """
    total = sum(weights)
    shares = [weight / total for weight in weights if weight > 0] if total > 0 else []
    return abs(sum(share * math.log2(share) for share in shares))


def outside_references(question: str) -> list[str]:
    """The phrases of a question that refer to something it does not contain, such as "the passage".

    A noun that code of the question names, such as the text of `count(text: str)`, is an argument and no document.
    """
    named = {name for code in _CODE.findall(question) for name in re.findall(r"[a-z]+", code)}
    found = [match[0] for match in _ELSEWHERE.finditer(question)]
    return [phrase for phrase in found if phrase.split()[-1].lower() not in named]


def language(text: str) -> str:
    """The language of a text by its script or commonest words: an ISO 639-1 code, `und` where too little is said."""
    letters = [character for character in _MATHEMATICS.sub(" ", text[:20_000]) if character.isalpha()]
    if not letters:
        return "und"
    names: dict[str, int] = {}
    for character in letters[:4_000]:
        script = unicodedata.name(character, "UNKNOWN").split()[0]
        names[script] = names.get(script, 0) + 1
    counted = sum(names.values())
    for script, code in _SCRIPTS:
        # Japanese mixes its own scripts with Chinese characters, so a quarter of it is enough.
        if names.get(script, 0) >= counted * (0.15 if code in ("ja", "ko") else 0.4):
            return code
    words = re.findall(r"[^\W\d_]+", _MATHEMATICS.sub(" ", text[:20_000]).lower())
    scores = {code: sum(word in common for word in words) for code, common in _COMMON_WORDS.items()}
    best = max(scores, key=lambda code: (scores[code], code == "en"))
    return best if scores[best] * 12 >= len(words) and scores[best] > 0 else "und"
