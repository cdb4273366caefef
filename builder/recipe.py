"""Typed recipes: what a run is made of. This is the only reader of recipe files.

Defaults are the paper's (Qin et al. 2025, arXiv 2503.19551), cited at the field. An unknown key or a value of the wrong
type is an error that names the file, the key and what was expected. Only secrets come from the environment.
"""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from .errors import RecipeError

Fraction = Annotated[float, Field(ge=0, le=1)]
SHOWN_PROBLEMS = 5
LEVEL_NAMES = ("level1", "level2", "level3", "rephrase", "persona")


class Section(BaseModel):
    """A part of a recipe: frozen, and closed to keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnySection = TypeVar("AnySection", bound=Section)


class CorpusRecipe(Section):
    """Where documents come from, and which are refused before anything is asked of them."""

    source: Literal["hub", "parquet", "jsonl", "folder", "installed"]
    path: str | None = Field(None, description="dataset id, file glob or folder; not for `installed`")
    config: str | None = None
    split: str = "train"
    revision: str | None = None
    streaming: bool = True
    columns: dict[str, str] = Field(default_factory=dict, description="our column: the source's column")
    packages: tuple[str, ...] = Field(
        ("numpy", "scipy", "sympy", "networkx", "sklearn", "stdlib"), description="for `installed` only"
    )
    min_chars: PositiveInt = 200
    max_chars: PositiveInt = Field(100_000, description="a longer document is cut at a paragraph and marked")
    limit: PositiveInt | None = Field(None, description="read at most this many rows")
    documents_per_shard: PositiveInt = 2_000

    @model_validator(mode="after")
    def _path_fits_source(self) -> CorpusRecipe:
        if self.source == "installed" and self.path is not None:
            raise ValueError("path: source 'installed' takes no path; remove it or choose another source")
        if self.source != "installed" and not self.path:
            raise ValueError(f"path: source '{self.source}' needs a path")
        return self


class EndpointRecipe(Section):
    """A fleet of generation servers that serve one model: where it is, or how it is started, and what it may cost."""

    urls: tuple[str, ...] = Field((), description="addresses, or `providers:NAME` for Inference Providers")
    model: str | None = Field(None, description="asked of the server where null; needed for `launch`")
    revision: str | None = Field(None, description="revision of the model's weights that is served, for the card")
    dialect: Literal["tgi", "tgi-messages", "openai", "vllm", "sglang", "completions", "providers"] | None = Field(
        None, description="found by asking the server where null"
    )
    launch: Literal["vllm", "sglang", "tgi", "transformers"] | None = Field(
        None, description="start this engine with `model` on this machine, in place of `urls`"
    )
    launch_arguments: tuple[str, ...] = Field((), description="more arguments for the engine's command line")
    launch_timeout_s: float = Field(1800.0, gt=0, description="how long the engine may take to be ready")
    token_env: str | dict[str, str] | None = Field(
        None, description="environment variable that holds the token; or one for each host"
    )
    max_in_flight: PositiveInt = Field(256, description="over all urls; each finds its own number below that")
    requests_per_minute: PositiveInt | None = None
    tokens_per_minute: PositiveInt | None = Field(None, description="prompts and replies together")
    context_tokens: PositiveInt | None = Field(None, description="of prompt and reply; asked of the server where null")
    extra: dict[str, Any] = Field(
        default_factory=dict,
        description="further fields of every request's body, such as `chat_template_kwargs: {enable_thinking: false}`",
    )
    thinking_tokens: int = Field(
        0, ge=0, description="added to the length of every reply, for a model that thinks before it answers"
    )
    timeout_s: float = Field(600.0, gt=0, description="the longest that one reply may take")
    max_attempts: PositiveInt = Field(5, description="for a request that fails while others do not")
    patience_s: float = Field(60.0, gt=0, description="how long no server may answer before the run stops")
    waking_patience_s: float = Field(900.0, gt=0, description="the same while a server says that it is starting (503)")
    max_requests: PositiveInt | None = Field(None, description="budget of the run, every attempt counted")
    max_tokens: PositiveInt | None = Field(None, description="budget of the run, prompts and replies together")
    max_cost: float | None = Field(None, gt=0, description="budget of the run, in the currency of the prices")
    prompt_price: float = Field(0.0, ge=0, description="per million tokens")
    completion_price: float = Field(0.0, ge=0, description="per million tokens")
    caches: tuple[str, ...] = Field((), description="ledgers, or folders of runs, whose answers are not paid for again")
    commit: Literal["durable", "fast"] = Field(
        "durable", description="`fast` may ask the last answers again after a power loss, never after a kill"
    )

    def identity(self) -> dict[str, Any]:
        """What determines the replies: the model, and how it is asked; not where it runs, its limits or its prices."""
        return self.model_dump(
            mode="json",
            include={"model", "revision", "dialect", "launch", "launch_arguments", "context_tokens"}
            | {"extra", "thinking_tokens"},
        )

    @model_validator(mode="after")
    def _says_where(self) -> EndpointRecipe:
        if self.launch is not None and not self.model:
            raise ValueError(f"model: `launch: {self.launch}` needs a model to start")
        if self.launch is not None and self.urls:
            raise ValueError(f"urls: `launch: {self.launch}` starts its own server; remove one of the two")
        if self.launch is None and not self.urls:
            raise ValueError("urls: none given; expected at least one address, or `launch`")
        if self.max_cost is not None and not (self.prompt_price or self.completion_price):
            raise ValueError("max_cost: needs prompt_price or completion_price, or no cost is ever counted")
        return self


class TeacherRecipe(Section):
    """How the embedded teacher behaves."""

    error_rate: Fraction = Field(0.0, description="share of sampled answers with a mistake, at temperature above 0")


class SamplingRecipe(Section):
    """How a model is sampled."""

    temperature: float = Field(0.7, ge=0)
    top_p: float = Field(0.95, gt=0, le=1)
    max_tokens: PositiveInt = 4096


class EmbedderRecipe(Section):
    """What turns documents into vectors for the forest."""

    kind: Literal["latent", "minilm", "tei", "openai", "sentence-transformers", "model2vec"] = Field(
        "latent",
        description="latent: built in, fitted to the corpus; minilm: all-MiniLM-L6-v2 from the extra `embed`, offline",
    )
    url: str | None = Field(None, description="for `tei` and `openai`: the server's address, without the path")
    model: str | None = Field(None, description="a folder or an id of the Hub; the served name for `openai`")
    dimensions: PositiveInt = Field(64, description="for `latent` only")

    @model_validator(mode="after")
    def _named(self) -> EmbedderRecipe:
        if self.kind in ("tei", "openai") and not self.url:
            raise ValueError(f"url: embedder '{self.kind}' needs the address of its server")
        if self.kind in ("sentence-transformers", "model2vec") and not self.model:
            raise ValueError(f"model: embedder '{self.kind}' needs a folder or an id of the Hub")
        return self


class FilterRecipe(Section):
    """Stage 1: reference document filtering (method section 2.1)."""

    rounds: int = Field(2, ge=0, description="fine-grained rounds; the paper's two suffice")
    threshold: float = Field(6.5, ge=1, lt=10, description="documents above this score are kept")
    syllabus: str = Field("domain", description="`domain`: the domain's own; `model`: written by it; or a file")
    genres: tuple[str, ...] = Field(("blog post", "exam paper", "textbook section", "lecture notes"), min_length=1)
    syllabus_documents: PositiveInt = Field(400, description="synthetic positives of the cold start")
    random_documents: PositiveInt = Field(400, description="random negatives of the cold start")
    rated_documents: PositiveInt = Field(1_000, description="rated per round: half kept so far, half a fresh sample")
    rated_chars: PositiveInt = Field(6_000, description="the model reads this much of a document that it rates")
    ratings: str | None = Field(None, description="a file of ratings to start from, in place of the cold start")
    classifier: Literal["forest", "linear"] = "forest"
    embedder: EmbedderRecipe = EmbedderRecipe()
    trees: int = Field(200, ge=10)
    first_pass_recall: float | None = Field(
        None, gt=0, lt=1, description="0.99 lets a linear pass drop what it can before the forest; none where null"
    )
    audit_documents: int = Field(200, ge=0, description="rated blind after the last round to estimate the quality")
    dropped_sample: int = Field(200, ge=0, description="how many of the documents not kept are saved to look at")


class ConceptsRecipe(Section):
    """Extraction of level, subject, topics and key concepts from each reference document."""

    min_topics: PositiveInt = 1
    max_topics: PositiveInt = 5
    max_concepts_per_topic: PositiveInt = 20


class GraphRecipe(Section):
    """The concept graph and the walks over it (method section 2.2, level 3)."""

    epsilon: float = Field(1e-9, ge=0, description="eps of w = log(freq + eps); up to 1e-6 taken for 0")
    epochs: PositiveInt = 5
    topic_steps: tuple[int, int] = (1, 2)
    concept_steps: tuple[int, int] = (3, 4)
    candidates: PositiveInt = Field(
        1, description="walks per start; of several, the one is kept whose concepts were used least so far"
    )
    documents_per_combination: PositiveInt = 2
    max_combinations: PositiveInt | None = None
    aliases: str | None = Field(None, description="a table of other names of concepts; ours where null")
    max_names_per_document: PositiveInt = Field(512, description="most topics, and most key concepts, of one document")


class LevelRecipe(Section):
    """One level: how many questions are asked for per document, or per combination at level 3."""

    questions: PositiveInt = Field(5, description="in one request")
    requests: PositiveInt = Field(1, description="per input, each with another seed, and other combinations at level 2")
    max_documents: PositiveInt | None = Field(None, description="a seeded sample of the inputs; all where null")


class CurateRecipe(Section):
    """Duplicates and decontamination, before answers are paid for."""

    near_duplicate_threshold: Fraction = Field(0.8, description="true Jaccard similarity of word shingles")
    shingle_words: PositiveInt = Field(3, description="words of a shingle; a shorter question is one shingle")
    near_duplicates_share_numbers: bool = Field(
        False, description="a question with other numbers is no near duplicate, however alike the words"
    )
    meaning_threshold: Fraction | None = Field(None, description="cosine of embeddings; not compared where null")
    embedder: EmbedderRecipe | None = Field(None, description="embeds questions; needed by meaning_threshold")
    earlier: tuple[str, ...] = Field(
        (), description="parquet files of earlier releases, or globs, whose questions are not repeated"
    )
    ngram: PositiveInt = Field(13, description="words of an overlap with a benchmark question; shorter ones whole")
    reworded_share: Fraction = Field(
        0.5, description="share of a benchmark question's masked n-grams that marks a reworded copy"
    )
    benchmarks: tuple[str, ...] = Field((), description="files of benchmark questions, or globs: JSONL or parquet")

    @model_validator(mode="after")
    def _meaning_needs_embedder(self) -> CurateRecipe:
        embeds = self.embedder is not None and self.embedder.kind != "latent"
        if self.meaning_threshold is not None and not embeds:
            raise ValueError("meaning_threshold: needs an embedder other than 'latent'; set curate.embedder")
        return self


class AnswersRecipe(Section):
    """Stage 3: answers and their vote. Sampling stops when the vote is settled."""

    votes: PositiveInt = Field(3, description="answers sampled at first; 1 where the temperature is 0")
    max_votes: PositiveInt = Field(5, description="answers sampled at most, while the vote is split")
    min_agreement: Fraction = Field(
        0.6,
        description="share of the winning answer below which a question is ill-posed; not of code: its tests decide",
    )
    judge: bool = Field(False, description="weight each answer by the model's own rating of its solution, 1 to 10")
    keep_thoughts: bool = Field(
        False, description="publish what a model thought before its solution, up to `</think>`, with the solution"
    )
    debate_rounds: int = Field(
        0, ge=0, le=4, description="rounds after a split vote in which each answer sees the others and answers again"
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> AnswersRecipe:
        if self.max_votes < self.votes:
            raise ValueError(f"max_votes: {self.max_votes} is below votes: {self.votes}; raise it or lower votes")
        return self


class Recipe(Section):
    """A whole build, from corpus to dataset."""

    name: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$")
    seed: int = Field(0, ge=0)
    domain: str = "mathematics"
    corpus: CorpusRecipe
    endpoint: Literal["embedded"] | EndpointRecipe = "embedded"
    answer_endpoint: Literal["embedded"] | EndpointRecipe | None = Field(
        None, description="M_A; M_Q answers where null"
    )
    teacher: TeacherRecipe = TeacherRecipe()
    sampling: SamplingRecipe = SamplingRecipe()
    filter: FilterRecipe | None = Field(FilterRecipe(), description="every document is kept where null")
    concepts: ConceptsRecipe = ConceptsRecipe()
    graph: GraphRecipe = GraphRecipe()
    levels: tuple[Literal["level1", "level2", "level3", "rephrase", "persona"], ...] = ("level1", "level2", "level3")
    level1: LevelRecipe = LevelRecipe(questions=5)
    level2: LevelRecipe = LevelRecipe(questions=5)
    level3: LevelRecipe = LevelRecipe(questions=3)
    rephrase: LevelRecipe = LevelRecipe(questions=5)
    persona: LevelRecipe = LevelRecipe(questions=5)
    curate: CurateRecipe = CurateRecipe()
    answers: AnswersRecipe = AnswersRecipe()
    license: str = Field("other", description="licence of the questions, an identifier of the Hub")
    licenses: dict[str, str] = Field(
        default_factory=dict, description="licences of sources and of models, by name, for the card"
    )

    def canonical(self) -> str:
        """The recipe as YAML with every default filled in."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)

    def identity(self) -> dict[str, Any]:
        """What determines the rows. A run may go on with other servers, limits or prices, but not with other rows."""
        fields = self.model_dump(mode="json")
        for name in ("endpoint", "answer_endpoint"):
            endpoint = getattr(self, name)
            if isinstance(endpoint, EndpointRecipe):
                fields[name] = endpoint.identity()
        return fields

    def fingerprint(self) -> str:
        """Sixteen hex digits that change when any field changes that determines the rows."""
        text = yaml.safe_dump(self.identity(), sort_keys=False, allow_unicode=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_recipe(path: Path) -> Recipe:
    """Read a recipe file of a build.

    Raises:
        RecipeError: The file is missing or not YAML, a key is unknown, or a value is wrong.
    """
    return load_typed(path, Recipe, "recipes/build/", "'name' and 'corpus'")


def load_typed(path: Path, root: type[AnySection], folder: str, keys: str) -> AnySection:
    """Read a recipe file of any type.

    Args:
        root: the type of the recipe.
        folder: where recipes of this type are, for the error.
        keys: some keys that it has, for the error.

    Raises:
        RecipeError: The file is missing or not YAML, a key is unknown, or a value is wrong.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: cannot read the recipe: {error.strerror}; recipes are in {folder}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(loaded, dict):
        raise RecipeError(f"{path}: expected a mapping of keys such as {keys}, found {type(loaded).__name__}")
    try:
        return root.model_validate(loaded)
    except ValidationError as error:
        problems = [_problem(problem, root) for problem in error.errors() if not _is_other_branch(problem)]
        more = [f"and {len(problems) - SHOWN_PROBLEMS} more problems"] if len(problems) > SHOWN_PROBLEMS else []
        raise RecipeError(f"{path}: {'; '.join(problems[:SHOWN_PROBLEMS] + more)}") from error


def _is_other_branch(problem: Any) -> bool:
    """Whether the problem is only that a mapping is not the word `embedded`: the mapping's own problems count."""
    return (
        bool(problem["loc"]) and str(problem["loc"][-1]) == "literal['embedded']" and isinstance(problem["input"], dict)
    )


def _problem(problem: Any, root: type[Section]) -> str:
    """One validation problem in words, with the nearest known key for a misspelt one."""
    named = [part for part in problem["loc"] if isinstance(part, int) or part.isidentifier()]  # not a union's branch
    where = ".".join(str(part) for part in named if part != "EndpointRecipe")
    if problem["type"] == "extra_forbidden":
        known = _keys_beside(problem["loc"], root)
        close = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"
        return f"{where}: unknown key; {hint}"
    if problem["loc"] and problem["loc"][0] == "levels" and problem["type"] == "literal_error":
        return f"{where}: {problem['input']!r} is not a level; known levels: {', '.join(LEVEL_NAMES)}"
    if problem["type"] == "missing":
        return f"{where}: missing, and needed"
    if problem["type"] == "value_error" and isinstance(problem["input"], dict):  # of a whole section: it names the key
        return ".".join(filter(None, (where, problem["msg"].removeprefix("Value error, "))))
    return f"{where}: {problem['msg']}, given {problem['input']!r}"


def _keys_beside(location: tuple[Any, ...], root: type[Section]) -> list[str]:
    """The keys that are known where the key at `location` stands."""
    section = root
    for part in location[:-1]:
        field = section.model_fields.get(str(part))
        if field is None:
            continue
        candidates = [field.annotation, *getattr(field.annotation, "__args__", ())]
        section = next((c for c in candidates if isinstance(c, type) and issubclass(c, Section)), section)
    return list(section.model_fields)
