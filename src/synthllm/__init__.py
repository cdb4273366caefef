"""SynthLLM: web text into verified training data, training on it, and the law that says what more would buy."""

__version__ = "0.1.0"
