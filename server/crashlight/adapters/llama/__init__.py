"""The inference worker around llama-cpp-python."""
