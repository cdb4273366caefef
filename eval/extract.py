"""The final answer of a worked solution: from \\boxed{}, from "the answer is", or from how its last line ends."""

from __future__ import annotations

import re

MAX_WORDS = 15  # of a last sentence without its full stop
MAX_CHARS = 200_000  # an answer stands near the end; what is before the last of these is not looked at
_THOUGHT = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_THOUGHT_END = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_SPECIAL = re.compile(r"<\|[^|<>\s]{1,40}\|>|</s>|<eos>|<end_of_turn>|<｜[^｜<>]{1,40}｜>")
_CALCULATED = re.compile(r"<<[^<>\n]{1,200}>>")  # the calculator of GSM8K's solutions: 48/2 = <<48/2=24>>24
_PUNCTUATION = str.maketrans({"：": ":", "。": ". ", "，": ", ", "（": "(", "）": ")", "．": ". ", "；": ";"})
# A base model that was shown examples goes on with the next question.
_RUN_ON = re.compile(r"\n\s*(?:#+\s*|\*\*)?(?:Question|Problem|Q|Human|User|Instruction)\s*\d*\s*:", re.IGNORECASE)
_BOX = re.compile(r"\\(?:boxed|fbox|framebox)\s*(?=[{\s\dA-Za-z\\])")
_HASHES = re.compile(r"^[ \t]*####[ \t]*(\S.*?)\s*$", re.MULTILINE)
_HEADING = re.compile(r"(?i)\b(?:step|part|case|final|answer|solution|conclusion|verification|check)\b|:\s*\**$")
_STATES = re.compile(
    r"(?:final\s+answer|correct\s+(?:answer|option|choice)|answer|solution)s?[\"']?(?:\s+to\s+[^.:\n]{0,80}?)?"
    r"\s*(?:\*\*|__)?\s*(?:(?:is|are)(?!n't|\s+not\b)|=|:)(?:\s*(?:\*\*|__|:))*\s*|(?:答案|故选|故選)\s*】?\s*(?:是|为|為)?\s*:?\s*"
    r"|(?:选项?|选择|選項?)\s*(?:是|为|為)?\s*:?\s*(?=[(\[]?[A-K][)\]]?\s*(?:选?项|正确|符合|[.:;*]|$))",
    re.IGNORECASE,
)
# After a formula: further values, a percent sign, or a unit of a few words; a reason is no part of the answer.
_REASON = r"because|since|as\b|for\b|so\b|when|which|where|by\b|thus|hence|therefore|(?:and\s+)?not\b"
_CONTINUES = re.compile(rf"(?:,|and\b|or\b)\s*[$\\\d(]|\\?%|(?!{_REASON})[a-zA-Z]+(?:\s+[a-zA-Z]+){{0,2}}\s*\.?$")
_AFTERTHOUGHT = re.compile(rf"\s*,?\s+(?:{_REASON})\b.*$", re.DOTALL)
# A value told in words, and then worked out: 10% of 200, which is 20.
_WORKED_OUT = re.compile(
    r"^[^.;]{0,80}?\d\S{0,20}\s+of\s[^.;]{0,80}?\s(?:which|that)\s+(?:is|equals|gives|makes)\s+(?=[-+$\\(]*[\d\\])"
)
_TAGGED = re.compile(r"<answer>\s*(.*?)\s*</answer>", re.DOTALL | re.IGNORECASE)
_LINE = re.compile(r"^[\s$\\(){}\[\]\w+\-*/^=.,:<>|&'°%!πφ√∞≤≥≠±≈]+$")
_NAME = r"(?:[a-zA-Z]\w{0,2}|\\[a-z]{2,7})(?:_(?:\w|\{\w{1,3}\}))?"
_JOINING = re.compile(
    r"^[\s$\\,;.()\[\]、]*(?:and|or|\\text\{\s*,?\s*(?:and|or)\s*\}|,|\\quad|第[一二三四]空\s*:?|和|或)?[\s$\\,;()\[\]]*"
    rf"(?:(?:\\text\{{\s*)?(?:and|or)(?:\s*\}})?[\s$\\()\[\]]*)?({_NAME}\s*=\s*)?$"
)
_NAMED = re.compile(rf"(?<![\w\\])({_NAME})\s*=\s*$")
_IS = re.compile(
    r"\b(?:is|are|equals?|be|becomes?)\s+(?:(?:equal\s+to|exactly|approximately|about|given\s+by)\s+)*(?=[$\\(\[{*+-]*[\d$\\]|all\s+real)"
    r"|(?:是|为|為|等于)\s*(?=[$\\(\[{+-]*[\d$\\])"
)
# A whole sentence in the place of an answer: "The probability is 3/8."
_SENTENCE = re.compile(
    r"^(?:the|its|his|her|their|our)\s[^$=\\\d]{1,60}?\b(?:is|are|was|equals)\s+(?=[$\\(\[{+-]*[\d$\\])", re.IGNORECASE
)
_SENTENCE_OF_NUMBERS = re.compile(r"^[^=\\]*\d[^=\\]*\s(?:is|equals)\s+(?=[-+$]*\d[^a-zA-Z]*$)")  # 10% of 200 is 20
_OUTCOME = re.compile(
    r"\b(undefined|does not exist|no (?:real )?solutions?|infinitely many solutions|diverges|converges)\s*\.?\W*$"
)
_FORMULA = re.compile(r"(?<!\\)\$([^$]+)(?<!\\)\$|\\\((.+?)\\\)")
_NUMBER = re.compile(r"(?<![\w.^_{])[-−]?\\?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?\s?\\?%?")
_TYPESET = re.compile(r"\\|\$\s*[a-zA-Z(]|[a-zA-Z)]\$")
_RESULT = re.compile(r"=\s*([-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\s?%?)(?!\s*[*^+/(=<>-]\s*\d|[\w^(])")
_OPTION = re.compile(
    r"^(?i:option|choice)?\s*\(?([A-K])\)?$|(?<![\w-])\(?([A-K])\)? is the (?:correct|right) (?:answer|option|choice)\b"
)
_EQUALS = re.compile(
    r"\b(?:it\s+(?:equals|is\s+equal\s+to)|giving|leaving)\s+\$?([-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?\s?%?)(?:\s[a-z]+)?\.?$"
)
_POINT = re.compile(
    r"[(\[][-−]?\d[^()\[\]=a-zA-Z]{0,40},[^()\[\]=a-zA-Z]{0,40}\d[)\]](?=[.!]?$)"
)  # at the point (3, 4)
_IN_OTHER_UNITS = re.compile(
    r"(?<=\d\s)([a-z]{1,20})\s+\([^()]{0,40}\d\s?[a-zA-Z][^()]{0,40}\)(?=[.!]?$)"
)  # 90 minutes (1.5 hours)
_WORDS = re.compile(r"(?<![\\a-zA-Z])[A-Za-z]{2,}")
_CLOSING = {
    opening: re.compile(closing)
    for opening, closing in {"$$": r"\$\$", "$": r"(?<!\\)\$", "\\(": r"\\\)", "\\[": r"\\\]"}.items()
}
_OPENED = re.compile(r"\s*(\$\$|\$|\\\(|\\\[)")


def final_answer(text: str) -> str:
    """The final answer that a solution states, or an empty string where it states none.

    What a model thinks before `</think>` is no statement, and thoughts without an end are none either. Several boxed
    answers that follow each other ("\\boxed{2} and \\boxed{3}") are one answer with several values; of others the last
    one counts. Without a box, the number after `####` or the last "the answer is ..." counts, then a last line that is
    nothing but mathematics, then the value with which a last line that is a whole sentence ends.
    """
    text = _said(text[-MAX_CHARS:])
    run_on = _RUN_ON.search(text)
    if run_on and (answer := _marked(text[: run_on.start()])):
        return answer
    return _marked(text) or _last_line(text) or _concluded(text)


def _said(text: str) -> str:
    """The text without thoughts and the marks of a chat template."""
    text = _CALCULATED.sub("", _SPECIAL.sub("", text.translate(_PUNCTUATION)))
    *_, last = _THOUGHT_END.split(text)
    if last is not text and last.strip():
        return last
    opened = _THOUGHT.search(text)
    return text[: opened.start()] if opened and not _THOUGHT_END.search(text) else text


def _marked(text: str) -> str:
    """The answer where the text marks it as such."""
    if boxes := boxed(text):
        return boxes
    marked = [found.strip("* ") for found in _HASHES.findall(text)] if "####" in text else []
    marked = [found for found in marked if not _HEADING.search(found) and len(_WORDS.findall(found)) < 4]
    if marked:
        return str(marked[-1])
    if tagged := _TAGGED.findall(text):
        return str(tagged[-1])
    return _stated(text)


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
    joined = [found[-1]]
    for before, after in zip(found[-2::-1], found[:0:-1], strict=True):
        between = text[before[1] : after[0]]
        if len(between) > 80 or not _JOINING.match(between):
            break
        joined.insert(0, before)
    names = [name[1] if (name := _NAMED.search(text[max(0, box[0] - 20) : box[0]])) else "" for box in joined]
    if all(names) and len(set(names)) == len(names) > 1:
        return ", ".join(f"{name}={box[2]}" for name, box in zip(names, joined, strict=True))
    return ", ".join(dict.fromkeys(box[2] for box in joined))


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
        below = "\n".join(lines[number + 1 :])
        bare = not rest.strip(" .:*")
        if formula := _formula_of_lines(below if bare else f"{rest}\n{below}"):
            rest = formula
        elif bare:
            rest = next((line.strip() for line in lines[number + 1 :] if line.strip(" \\[]$`*")), "")
        if (answer := _first_sentence(rest)) and not _BOX.search(answer):  # a box that is open at the end of the text
            return answer
    return ""


def _formula_of_lines(text: str) -> str:
    """What a text says from a formula of several lines on, with which it begins; nothing where it begins otherwise."""
    opened = _OPENED.match(text)
    if opened is None:
        return ""
    end = _CLOSING[opened[1]].search(text, opened.end())
    formula = text[opened.end() : end.start()].strip() if end else ""
    amount = opened[1] == "$" and "\\" not in formula  # two amounts of money, on two lines
    return text if "\n" in formula and not amount else ""


def _first_sentence(text: str) -> str:
    text = re.sub(r"^\s*(?:\*\*|__|`)|(?:\*\*|__|`)", "", text).strip()
    for opening, closing in _CLOSING.items():
        if text.startswith(opening) and (end := closing.search(text, len(opening))):
            formula, tail = text[len(opening) : end.start()], text[end.end() :].strip()
            if opening == "$" and re.match(r"\d[\d,.]*\s+[a-z]+\s|\d[\d,.]*[.,;]\s", formula):
                break  # an amount of money, and another one later
            if not _CONTINUES.match(tail):
                return formula.strip()
    sentence = re.split(r"(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s|$)", text)[0]
    sentence = _WORKED_OUT.sub("", _SENTENCE.sub("", sentence))
    sentence = _AFTERTHOUGHT.sub("", sentence) if re.match(r"[-+$\\(\[{]*[\d\\]", sentence) else sentence
    sentence = re.sub(r"^([A-K])\s*(?=[\u4e00-\u9fff]).*$", r"\1", sentence.strip().rstrip(".").strip())  # C 正确
    return sentence.strip("\"'}") if sentence.count("{") < sentence.count("}") or sentence[:1] in "\"'" else sentence


def _last_line(text: str) -> str:
    """The last line that is not empty, if it is mathematics and no sentence."""
    line = next((line.strip() for line in reversed(text.splitlines()) if line.strip(" $\\[]*`")), "")
    line = re.sub(
        r"^(?:\*\*|so|thus|hence|therefore|(?:final\s+)?result\s*:|所以|因此|故|[:,\s])+|\*\*$",
        "",
        line,
        flags=re.IGNORECASE,
    ).strip()
    if len(line) > 300 or not _LINE.match(line) or line.count("{") != line.count("}"):
        return ""
    plain_words = _WORDS.findall(re.sub(r"\\[a-zA-Z]+|\{[^{}]*\}", " ", line))
    if (plain_words and line.count("$") == 1) or re.search("[\u4e00-\u9fff]", line):  # Each pays $12.50
        return ""
    if len(plain_words) > 2 or not re.search(r"\d|\\[a-zA-Z]|^[A-Z]$", line):
        return ""
    line = _IN_OTHER_UNITS.sub(r"\1", _SENTENCE_OF_NUMBERS.sub("", line.rstrip(". ").strip("$ ").rstrip(".")))
    if "=" in line and not re.search(r"[<>,]", line):
        head, _, last = line.rpartition("=")
        if last.strip() and ("=" in head or len(head.strip()) > 12):
            line = last.strip()
    return line


def _concluded(text: str) -> str:
    """The value with which a last line ends that is a whole sentence: "So she earns $18 a day."."""
    last = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
    line = last.lstrip("-*># ").rstrip("* ")
    if chosen := _OPTION.search(line):
        return chosen[1] or chosen[2]
    ends = re.search(
        r"[.!)$]$|(?:=|\b(?:is|are|equals?|gives|giving|leaving)(?:\s[a-z]+)?)\s*\$?\d[\d,.]*(?:\s[a-z]+)?$", line
    )
    in_bold = re.search(r"(?<!^)\*\*([^*]{0,100}\d[^*]{0,100})\*\*$", last)
    lone = len(_NUMBER.findall(line)) == 1 and len(line.split()) <= MAX_WORDS and not _HEADING.search(line)
    if not ends and not in_bold and not lone and not re.fullmatch(r"(?i)yes|no", line):
        return ""
    if in_bold:
        return in_bold[1].strip().rstrip(".")
    line = re.split(r"(?<=[a-z)$*][.!])(?<!\bM[rs]\.)(?<!\bMrs\.)(?<!\bDr\.)\s+(?=[A-Z])", line)[-1]
    if verdict := re.match(r"(?i)(yes|no)\b(?=[,.*\s]|$)", line):
        return verdict[1]
    line = _IN_OTHER_UNITS.sub(r"\1", line)
    bold = [found for found in re.findall(r"\*\*([^*]+)\*\*", line) if re.search(r"\d", found)]
    if bold:
        return str(bold[-1]).strip().rstrip(".")
    if not _TYPESET.search(line):  # dollars are money here: $400 + $60 = $460
        line = line.replace("$", "")
        if equals := _EQUALS.search(line):
            return equals[1].rstrip(",")
        if results := _RESULT.findall(line):
            return str(results[-1]).rstrip(",")
    stated = None
    for stated in _IS.finditer(line):  # noqa: B007  (only the last one counts)
        pass
    if stated is not None and (answer := _first_sentence(line[stated.end() :])):
        return answer
    formulas = [first or second for first, second in _FORMULA.findall(line) if re.search(r"[\d=\\]", first or second)]
    formulas = [one for one in formulas if len(_WORDS.findall(re.sub(r"\\[a-zA-Z]+|\{[^{}]*\}", " ", one))) < 2]
    if formulas:
        return str(formulas[-1]).strip().rstrip(".,")
    if point := _POINT.search(line):
        return point[0]
    numbers = _NUMBER.findall(line)
    if not numbers and (outcome := _OUTCOME.search(line)):
        return outcome[1]
    return str(numbers[-1]).strip().rstrip(",") if numbers else ""
