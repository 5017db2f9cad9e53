"""The language model: llama.cpp in a worker of its own, or an OpenAI-compatible server. Importing it loads neither."""

from crashlight.adapters.llama.model import LlamaModel

__all__ = ["LlamaModel"]
