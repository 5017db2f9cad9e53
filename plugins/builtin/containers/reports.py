"""What Kubernetes, Docker and systemd say of a container or service that does not run.

Three layouts: the events of ``kubectl``, its description of a pod, and single lines of daemons.
"""

import re

from crashlight_sdk import Cause, Crash, Span

_STATES = (
    "OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName"
    "|CreateContainerConfigError|CreateContainerError|RunContainerError|ContainerCannotRun|StartError"
    "|Evicted|DeadlineExceeded"
)
_EVENTS = (
    "BackOff|Failed|FailedScheduling|FailedMount|FailedAttachVolume|FailedCreatePodSandBox|Unhealthy"
    "|FailedCreate|Evicted|OOMKilling|SystemOOM|NodeNotReady|InspectFailed|FailedPostStartHook"
    "|FailedPreStopHook|ErrImageNeverPull"
)
_EVENT = re.compile(rf"^\s*+(?:\S++\s++)?(?:Warning|Error)\s++(?P<type>{_EVENTS})\s++(?P<rest>\S.*)$")
_EVENT_AGE = re.compile(
    r"^(?:<?[\dsmhd.]++>?|\S*+\(x\d++ over [^)]*+\)|\S++ \(x\d++ over [^)]*+\))\s++(?:(?:kubelet"
    r"|default-scheduler|replicaset-controller|job-controller"
    r"|deployment-controller)[\w,. -]{0,40}?)\s\s++(?P<message>\S.*)$"
)
_DESCRIBED = re.compile(rf"^\s++Reason:\s++(?P<type>{_STATES}|Error|ContainerCannotRun)\s*$")
_DETAIL = re.compile(
    r"^\s++(?P<name>Last State|State|Reason|Message|Exit Code|Signal|Started|Finished|Ready|Restart Count"
    r"|Limits|Requests|memory|cpu):\s*+(?P<value>.*)$"
)
_ROW = re.compile(
    rf"^(?P<pod>[a-z0-9][\w.-]*+)\s++\d++/\d++\s++(?:Init:)?(?P<type>{_STATES}|Error)\s++(?P<rest>\d++.*)$"
)
_DAEMON = re.compile(r"(?:^|\s)(?:docker: )?(?P<type>Error response from daemon): (?P<message>.*)$")
_RUNTIME = re.compile(r"(?P<type>OCI runtime (?:create|exec|start) failed): (?P<message>.*)$")
_COMPOSE = re.compile(r"^(?P<name>[\w.-]++)(?: \| | )?exited with code (?P<code>1[23]\d)\b")
_SYSTEMD = re.compile(
    r"(?<![\w@.:\\-])(?P<unit>[\w@.:\\-]{1,200}?\.service): (?:Main process exited, code=(?P<way>killed"
    r"|dumped), status=(?P<status>\d++/\w++)|(?P<oom>Failed with result 'oom-kill'"
    r"|A process of this unit has been killed by the OOM killer))"
)
_PROBE = re.compile(r"(?P<type>(?:Liveness|Readiness|Startup) probe (?:failed|errored)): (?P<message>.*)$")
_BACKOFF = re.compile(r"(?P<type>Back-off restarting failed container)(?P<message>.*)$")
_KILLED = re.compile(r"\"OOMKilled\": true")
_SIGNS = re.compile(
    r"BackOff|Back-off|OOM|ErrImage|Failed|Error|probe|exited with|status=|Evicted|Unhealthy|OCI|Deadline|Cannot"
)
_EXITS = {"137": "SIGKILL", "139": "SIGSEGV", "134": "SIGABRT", "132": "SIGILL", "135": "SIGBUS", "136": "SIGFPE"}


def report_at(lines: tuple[str, ...], at: int, floor: int) -> Crash | None:
    """The report on line ``at``; events of one kind that follow each other are one report."""
    line = lines[at]
    if not _SIGNS.search(line):
        return None
    event = _EVENT.match(line)
    if event:
        return _events(lines, at, event)
    described = _DESCRIBED.match(line)
    if described:
        return _described(lines, at, floor, described["type"])
    row = _ROW.match(line)
    if row:
        return _crash(row["type"], f"pod {row['pod']}: {row['rest'].strip()}", at, at, row.start("type"))
    for pattern in (_RUNTIME, _DAEMON, _PROBE, _BACKOFF):
        match = pattern.search(line)
        if match:
            return _crash(match["type"], match["message"].strip(" :"), at, at, match.start("type"))
    compose = _COMPOSE.match(line)
    if compose:
        signal = _EXITS.get(compose["code"])
        return (
            _crash(signal, f"container {compose['name']} exited with code {compose['code']}", at, at, 0)
            if signal
            else None
        )
    systemd = _SYSTEMD.search(line)
    if systemd and (systemd["oom"] or systemd["way"] == "dumped" or systemd["status"] == "9/KILL"):
        kind = "oom-kill" if systemd["oom"] else f"SIG{systemd['status'].partition('/')[2]}"
        return _crash(kind, systemd[0], at, at, systemd.start())
    return (
        _crash("OOMKilled", "the container was killed for its use of memory", at, at, 0)
        if _KILLED.search(line)
        else None
    )


def _events(lines: tuple[str, ...], at: int, event: re.Match[str]) -> Crash:
    """The last of several events of one kind says most: its message counts."""
    last, message = at, _event_message(event)
    for index in range(at + 1, min(len(lines), at + 40)):
        following = _EVENT.match(lines[index])
        if following is None or following["type"] != event["type"]:
            break
        last, message = index, _event_message(following)
    return _crash(event["type"], message, at, last, event.start("type"))


def _event_message(event: re.Match[str]) -> str:
    aged = _EVENT_AGE.match(event["rest"])
    return aged["message"] if aged else event["rest"]


def _described(lines: tuple[str, ...], at: int, floor: int, kind: str) -> Crash | None:
    """The state of a container in ``kubectl describe``: what ended it counts more than that it is restarted."""
    first, last = at, at
    while first > floor and (_DETAIL.match(lines[first - 1]) or not lines[first - 1].strip()):
        first -= 1
    while last + 1 < len(lines) and (_DETAIL.match(lines[last + 1]) or re.match(r"^\s{8,}\S", lines[last + 1])):
        last += 1
    block = [detail for line in lines[first : last + 1] if (detail := _DETAIL.match(line))]
    reasons = [detail["value"].strip() for detail in block if detail["name"] == "Reason"]
    known = [reason for reason in reasons if re.fullmatch(_STATES, reason)]
    if (
        not known
        and kind == "Error"
        and not any(detail["name"] == "Exit Code" and detail["value"].strip() not in ("", "0") for detail in block)
    ):
        return None
    decisive = next((reason for reason in ("OOMKilled", *reversed(known), kind) if reason in reasons), kind)
    facts = [
        f"{detail['name']}: {detail['value'].strip()}"
        for detail in block
        if detail["name"] in ("Message", "Exit Code", "Signal", "Restart Count") and detail["value"].strip()
    ]
    return _crash(decisive, "; ".join(dict.fromkeys(facts)), first, last, 0)


def _crash(kind: str, message: str, first: int, last: int, column: int) -> Crash:
    return Crash("other", first, last, (Cause(kind, message, (), Span(first, column)),))
