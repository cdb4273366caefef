"""Every error that a user can cause, told apart by type.

SynthLLMError
├── RecipeError      a recipe that cannot be read, or a value in it that makes no sense
├── CorpusError      a source that is missing, unreadable, empty or lacks a column
├── StoreError       a run folder that cannot be written or read, or that belongs to another recipe
├── StageError       a stage that has nothing to work on, such as a filter that kept no document
├── ReleaseError     a Hub, token, version or dataset that a release cannot be made with
├── PointsError      measurements that a scaling law cannot be fitted to; a ValueError too, for callers of the library
├── TrainingError    data or a model that cannot be trained, or a training that cannot go on
├── EvaluationError  questions that cannot be read, a model that cannot answer, results that cannot be compared
└── EndpointError    a generation server that cannot be used (see `endpoints/protocol.py` for its kinds)

The message is one line: what was given, what was expected, where, and what to do. The command line prints it and
exits 2.
"""


class SynthLLMError(Exception):
    """Base of all errors with a message for the user."""


class RecipeError(SynthLLMError):
    """A recipe that cannot be read, or a value in it that makes no sense."""


class CorpusError(SynthLLMError):
    """A source that is missing, unreadable, empty or lacks a column."""


class StoreError(SynthLLMError):
    """A run folder that cannot be written or read, or that belongs to another recipe."""


class StageError(SynthLLMError):
    """A stage that has nothing to work on."""


class ReleaseError(SynthLLMError):
    """A Hub, token, version or dataset that a release cannot be made with, or a release that another got in before."""


class PointsError(SynthLLMError, ValueError):
    """Measurements that a scaling law cannot be fitted to."""


class TrainingError(SynthLLMError):
    """Data or a model that cannot be trained, or a training that cannot go on."""


class EvaluationError(SynthLLMError):
    """Questions that cannot be read, a model that cannot answer them, or results that cannot be compared."""


class EndpointError(SynthLLMError):
    """A generation server that cannot be used."""
