"""Secrets go out, come back where they were, and are refused anywhere else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crashlight.sources.redaction import REMOVED, RedactionError, placeholders, redact, scrub

# Built from parts, so that no scanner of this repository takes an invented key for a real one.
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
GITHUB = "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789"
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE " + "KEY-----"

SECRETS = [
    (f"aws key {AWS} used", [AWS]),
    (f"git clone https://{GITHUB}@github.com/a/b", [GITHUB]),
    (f"Authorization: Bearer {JWT}", [JWT]),
    ("postgres://app:hunter2@db:5432/x", ["hunter2"]),
    ("redis://:s3cr3t@cache/0", ["s3cr3t"]),
    ("user=bob password=hunter2 host=db", ["hunter2"]),
    ("DB_PASSWORD=correct-horse", ["correct-horse"]),
    ("password: hunter2!", ["hunter2!"]),
    ('config["api_key"] = "abc-123"', ["abc-123"]),
    ('{"client_secret": "zzz999"}', ["zzz999"]),
    ("password = 'pa ss'", ["pa ss"]),
    ("mail jane.doe@example.org now", ["jane.doe@example.org"]),
    (PEM, ["MIIEow", "IBAAKC"]),
    ("xoxb-" + "123456789012-abcdefghij", ["xoxb-" + "123456789012-abcdefghij"]),
    ("AIza" + "A" * 35, ["AIza" + "A" * 35]),
]

PLAIN = [
    "token = parser.next()",
    "def login(user: str, password: str) -> None:",
    "password: Optional[str] = None",
    "connect(host, password=password)",
    "raise KeyError('user_id')",
    "    at com.acme.TokenReader.read(TokenReader.java:12)",
    'File "/srv/app/tokens.py", line 3, in next_token',
    "SyntaxError: Unexpected token } in JSON at position 4",
    "npm install lodash@4.17.21",
    "git@v2",
    "secret = os.environ['SECRET']",
]


@pytest.mark.parametrize(("text", "secrets"), SECRETS)
def test_secrets_are_hidden_and_come_back(text: str, secrets: list[str]) -> None:
    redaction = redact(text)
    for secret in secrets:
        assert secret not in redaction.text
        assert secret not in scrub(text)
    assert len(set(placeholders(redaction.text))) == len(secrets)
    assert redaction.restore(redaction.text) == text
    assert redaction.text.count("\n") == text.count("\n")


@pytest.mark.parametrize("text", PLAIN)
def test_code_and_traces_stay_as_they_are(text: str) -> None:
    assert redact(text).text == text
    assert scrub(text) == text


def test_a_fix_on_a_line_with_a_password_keeps_the_password() -> None:
    line = 'db = connect(host, password="hunter2", timeout=None)'
    redaction = redact(line)
    fixed = redaction.text.replace("timeout=None", "timeout=30")
    assert redaction.restore(fixed) == 'db = connect(host, password="hunter2", timeout=30)'


@pytest.mark.parametrize(
    "change",
    [
        lambda text, name: text.replace(name, "x"),  # lost
        lambda text, name: f"{text}; print({name})",  # doubled
        lambda text, name: f'print("{name}")',  # moved to another literal
        lambda text, name: text.replace(name, name[:-1] + "7"),  # another one
        lambda text, name: "",
    ],
)
def test_a_lost_moved_or_added_placeholder_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    redaction = redact('db = connect(host, password="hunter2")')
    (name,) = placeholders(redaction.text)
    with pytest.raises(RedactionError):
        redaction.restore(change(redaction.text, name))


def test_two_secrets_may_not_change_places() -> None:
    redaction = redact('login(password="first-one", api_key="other-one")')
    first, other = placeholders(redaction.text)
    swapped = redaction.text.replace(first, "@").replace(other, first).replace("@", other)
    with pytest.raises(RedactionError):
        redaction.restore(swapped)


def test_part_of_the_text_is_restored_against_that_part() -> None:
    redaction = redact('a = 1\npassword = "hunter2"\nb = 2\n')
    line = redaction.text.split("\n")[1]
    assert redaction.restore("a = 3", replaced="a = 1") == "a = 3"
    assert redaction.restore(line, replaced=line) == 'password = "hunter2"'


def test_placeholders_are_not_taken_from_the_text() -> None:
    name = placeholders(redact('password = "hunter2"').text)[0]
    redaction = redact(f'password = "hunter2"  # {name}')
    assert redaction.restore(redaction.text) == f'password = "hunter2"  # {name}'


def test_scrubbing_is_final_and_stable() -> None:
    once = scrub("password=hunter2 jane@example.org")
    assert once == f"password={REMOVED} {REMOVED}"
    assert scrub(once) == once


@given(st.text(max_size=400))
def test_any_text_comes_back_whole(text: str) -> None:
    redaction = redact(text)
    assert redaction.restore(redaction.text) == text


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "@", "a@", "a@a.", "://", "a://", "a:", "password", "password=", "-----BEGIN ", "eyJ", "'", " "],
)
def test_time_grows_with_the_text(piece: str) -> None:
    def seconds(count: int) -> float:
        text = piece * count
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            redact(text)
            best = min(best, time.process_time() - start)
        return best

    small, large = seconds(2_000), seconds(16_000)
    # Eight times the text may cost eight times as much, with room for noise; quadratic would be 64 times.
    assert large < 0.05 or large < 30 * small
