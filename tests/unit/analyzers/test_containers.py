"""The analyzer of containers on the layouts of kubectl, Docker, Compose and systemd."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crashlight_sdk import Window
from crashlight_sdk.testing import load, parse

CONTAINERS = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "containers")

DESCRIBED = """    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Mon, 01 Jan 2024 12:00:00 +0000
      Finished:     Mon, 01 Jan 2024 12:00:09 +0000
    Ready:          False
    Restart Count:  5
"""
EVENTS = """  Warning  FailedScheduling  2m    default-scheduler  0/3 nodes are available: 3 Insufficient memory.
"""
MOUNT = """  Warning  FailedMount  10s (x6 over 25s)  kubelet  MountVolume.SetUp failed for volume "config" : configmap "shop-config" not found
"""  # noqa: E501 -- as it is printed
PULL = """  Warning  Failed  8s (x2 over 22s)  kubelet  Failed to pull image "shop:none": rpc error: code = NotFound desc = manifest unknown
"""  # noqa: E501 -- as it is printed
PROBE = """  Warning  Unhealthy  3s (x3 over 23s)  kubelet  Liveness probe failed: HTTP probe failed with statuscode: 500
"""  # noqa: E501 -- as it is printed
ROW = "shop-6f8d9c7b5-x2x4z   0/1     CrashLoopBackOff   5 (30s ago)   3m\n"
DAEMON = (
    "docker: Error response from daemon: failed to create task for container: OCI runtime create failed: "
    'runc create failed: exec: "shop": executable file not found in $PATH: unknown.\n'
)
PORT = (
    "Error response from daemon: driver failed programming external connectivity on endpoint shop: Bind "
    "for 0.0.0.0:80 failed: port is already allocated.\n"
)
COMPOSE = "shop-1 exited with code 137\n"
SYSTEMD = "shop.service: A process of this unit has been killed by the OOM killer.\n"
SEGV = "shop.service: Main process exited, code=dumped, status=11/SEGV\n"

CASES = [
    ("described", DESCRIBED, "OOMKilled", "resource-exhaustion"),
    ("not scheduled", EVENTS, "FailedScheduling", "resource-exhaustion"),
    ("mount", MOUNT, "FailedMount", "configuration"),
    ("pull", PULL, "Failed", "missing-dependency"),
    ("probe", PROBE, "Unhealthy", "network-or-timeout"),
    ("row", ROW, "CrashLoopBackOff", "other"),
    ("daemon", DAEMON, "OCI runtime create failed", "missing-dependency"),
    ("port", PORT, "Error response from daemon", "network-or-timeout"),
    ("compose", COMPOSE, "SIGKILL", "resource-exhaustion"),
    ("systemd", SYSTEMD, "oom-kill", "resource-exhaustion"),
    ("dumped", SEGV, "SIGSEGV", "memory-corruption"),
]


@pytest.mark.parametrize(
    ("text", "crash_type", "category"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_report(text: str, crash_type: str, category: str) -> None:
    (crash,) = parse(CONTAINERS, text)
    assert crash.root.crash_type == crash_type
    finding = CONTAINERS.explain(crash, None)
    assert finding is not None
    assert finding.category == category
    assert (crash.first_line, crash.last_line) == (0, len(text.rstrip("\n").split("\n")) - 1)


def test_the_program_that_is_missing_is_named() -> None:
    (crash,) = parse(CONTAINERS, DAEMON)
    finding = CONTAINERS.explain(crash, None)
    assert finding is not None
    assert "`shop`" in finding.cause


QUIET = [
    "shop-1 exited with code 0",
    "shop-1 exited with code 1",
    "    State:          Running\n      Started:      Mon, 01 Jan 2024 12:00:00 +0000\n    Ready:          True",
    "  Normal  Pulled  10s  kubelet  Container image already present",
    "we set OOMKilled alerts last week",
    "shop.service: Main process exited, code=exited, status=0/SUCCESS",
]


@pytest.mark.parametrize("text", QUIET)
def test_no_crash(text: str) -> None:
    assert parse(CONTAINERS, text) == []


PIECES = st.sampled_from(
    [
        "      Reason:       OOMKilled",
        "    Last State:     Terminated",
        "  Warning  BackOff  2m  kubelet  Back-off",
        "Error response from daemon: ",
        "exited with code 137",
        "\n",
        "a 0/1 Error 1",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    lines = tuple(text.split("\n"))
    after = -1
    for crash in CONTAINERS.parse(Window(lines)):
        assert after < crash.first_line <= crash.last_line < len(lines)
        after = crash.last_line
        assert CONTAINERS.explain(crash, None) is not None
