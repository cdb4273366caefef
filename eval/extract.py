"""The final answer of a worked solution: from \\boxed{}, from "the answer is", or from a bare last line."""

from __future__ import annotations

import re

MAX_CHARS = 200_000  # an answer stands near the end; what is before the last of these is not looked at
_BOX = re.compile(r"\\(?:boxed|fbox|framebox)\s*(?=[{\s\dA-Za-z\\])")
_HASHES = re.compile(r"^\s*####\s*(.+?)\s*$", re.MULTILINE)
_STATES = re.compile(
    r"(?:final\s+answer|correct\s+(?:answer|option|choice)|answer|solution)(?:\s+to\s+[^.:\n]{0,80}?)?"
    r"\s*(?:\*\*|__)?\s*(?:is|are|=|:)(?:\s*(?:\*\*|__|:))*\s*",
    re.IGNORECASE,
)
# After a formula: further values, a percent sign, or a unit of a few words; a reason is no part of the answer.
_CONTINUES = re.compile(
    r"(?:,|and\b|or\b)\s*[$\\\d(]|\\?%|(?!because|since|as\b|for\b|so\b|when|which|by\b)[a-zA-Z]+(?:\s+[a-zA-Z]+){0,2}\s*\.?$"
)
_TAGGED = re.compile(r"<answer>\s*(.*?)\s*</answer>", re.DOTALL | re.IGNORECASE)
_LINE = re.compile(r"^[\s$\\(){}\[\]\w+\-*/^=.,:<>|&'°%!πφ√∞≤≥≠±]+$")
_JOINING = re.compile(r"^[\s$\\,;.()\[\]]*(?:and|or|\\text\{\s*(?:and|or)\s*\}|,|\\quad)?[\s$\\,;()\[\]]*$")


def final_answer(text: str) -> str:
    """The final answer that a solution states, or an empty string where it states none.

    Several boxed answers that follow each other ("\\boxed{2} and \\boxed{3}") are one answer with several values; of
    others the last one counts. Without a box, the last "the answer is ..." counts, then a last line that is nothing
    but mathematics.
    """
    text = text[-MAX_CHARS:]
    if "####" in text and (marked := _HASHES.findall(text)):
        return str(marked[-1])
    boxes = boxed(text)
    if boxes:
        return boxes
    if tagged := _TAGGED.findall(text):
        return str(tagged[-1])
    return _stated(text) or _last_line(text)


def boxed(text: str) -> str:
    """The content of the last \\boxed{}, joined by commas with those that directly precede it."""
    closing = _closing_braces(text)
    found: list[tuple[int, int, str]] = []
    for match in _BOX.finditer(text):
        if found and match.start() < found[-1][1]:
            continue  # a box in a box
        if match.end() < len(text) and text[match.end()] == "{":
            end = closing.get(match.end())
            if end is not None:
                found.append((match.start(), end + 1, text[match.end() + 1 : end].strip()))
        elif bare := re.match(r"[^\s$.,]+", text[match.end() : match.end() + 200]):
            found.append((match.start(), match.end() + bare.end(), bare[0]))
    found = [box for box in found if box[2]]
    if not found:
        return ""
    answers = [found[-1][2]]
    for before, after in zip(found[-2::-1], found[:0:-1], strict=True):
        if not _JOINING.match(text[before[1] : after[0]]):
            break
        if before[2] not in answers:
            answers.insert(0, before[2])
    return ", ".join(answers)


def _closing_braces(text: str) -> dict[int, int]:
    """The place of each opening brace that is closed, with that of the one that closes it, in one pass."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            closing[opened.pop()] = match.start()
    return closing


def _stated(text: str) -> str:
    """What follows the last "the answer is"."""
    lines = text.splitlines()
    for number in range(len(lines) - 1, -1, -1):
        last = None
        for last in _STATES.finditer(lines[number]):  # noqa: B007  (only the last one counts)
            pass
        if last is None:
            continue
        rest = lines[number][last.end() :]
        if not rest.strip(" .:*"):
            rest = next((line.strip() for line in lines[number + 1 :] if line.strip(" \\[]$")), "")
        if answer := _first_sentence(rest):
            return answer
    return ""


def _first_sentence(text: str) -> str:
    text = re.sub(r"^\s*(?:\*\*|__|`)|(?:\*\*|__|`)", "", text).strip()
    for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
        if text.startswith(opening) and (end := text.find(closing, len(opening))) > 0:
            tail = text[end + len(closing) :].strip()
            if not _CONTINUES.match(tail):
                return text[len(opening) : end].strip()
    sentence = re.split(r"(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s|$)", text)[0]
    return sentence.strip().rstrip(".").strip()


def _last_line(text: str) -> str:
    """The last line that is not empty, if it is mathematics and no sentence."""
    line = next((line.strip() for line in reversed(text.splitlines()) if line.strip(" $\\[]*")), "")
    line = re.sub(r"^(?:\*\*|so|thus|hence|therefore|[:,\s])+|\*\*$", "", line, flags=re.IGNORECASE).strip()
    if len(line) > 300 or not _LINE.match(line):
        return ""
    plain_words = re.findall(r"(?<![\\a-zA-Z])[A-Za-z]{2,}", re.sub(r"\\[a-zA-Z]+|\{[^{}]*\}", " ", line))
    if len(plain_words) > 2 or not re.search(r"\d|\\[a-zA-Z]|^[A-Z]$", line):
        return ""
    line = line.strip("$ ").rstrip(".")
    if "=" in line and not re.search(r"[<>,]", line):
        head, _, last = line.rpartition("=")
        if last.strip() and ("=" in head or len(head.strip()) > 12):
            line = last.strip()
    return line
