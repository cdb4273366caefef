"""Metrics of `evaluate`: each a folder that can be published as a Space, and a class that works offline."""

from .answer_accuracy.answer_accuracy import AnswerAccuracy
from .majority_accuracy.majority_accuracy import MajorityAccuracy
from .pass_at_k.pass_at_k import PassAtK

__all__ = ["AnswerAccuracy", "MajorityAccuracy", "PassAtK"]
