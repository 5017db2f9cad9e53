"""Accuracy on labelled crashes: what is right is decided here, once, for every part of the benchmark."""
