"""Tests that fail, for pytest's reports."""

import pytest


def load(rows, key):
    return rows[key]


@pytest.fixture
def rows():
    return {"apples": 1}


def test_total(rows):
    assert sum(rows.values()) == 2  # crash: pytest-assertion


def test_lookup(rows):
    assert load(rows, "pears") == 1


def test_chain(rows):
    try:
        load(rows, "pears")
    except KeyError as error:
        raise ValueError("no such fruit") from error  # crash: pytest-chain
