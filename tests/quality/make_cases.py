"""Makes the executable cases: correct programs with a test, broken by a known mutation, and really run.

    python tests/quality/make_cases.py --seed 7 --variants 3

``programs/RUNTIME.txt`` holds the programs. A head says ``=== mutation | category, alternatives … | type,
alternatives … | what the cause must name``. In the text ``⟪right¦wrong⟫`` is the mutation, ``⟵`` ends the
line where it crashes, and ``~N1~`` is a name that the seed chooses (N noun, V verb, C class, K key, U upper
case). Behind ``--- demo`` stands the expression that crashes, behind ``--- check`` what a fixed program must
hold. Every case is run as it is right (its checks hold) and as it is wrong (it crashes), or it is left out
and named. Whole programs go to one side of the split, so that no shape is on both.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
MUTATION = re.compile(r"⟪(.*?)¦(.*?)⟫", re.S)
CRASH = "⟵"

NOUNS = """order basket ticket parcel invoice garden meter sensor reader journal account booking vessel orchard
recipe planet station bridge harbor lantern castle forest compass bottle market saddle tunnel wagon copper marble"""
VERBS = """collect measure arrange compute gather resolve combine estimate prepare deliver settle balance describe
inspect harvest forward translate allocate reduce schedule"""
KEYS = """amber birch cedar dahlia ember fennel ginger hazel indigo jasmine kelp laurel maple nutmeg olive poppy quince
rowan saffron thyme"""
WORDS = {"N": NOUNS, "V": VERBS, "K": KEYS, "C": NOUNS.title(), "U": KEYS.upper()}


@dataclass(frozen=True)
class Runtime:
    """How a program of one language is wrapped, built, run and checked."""

    suffix: str
    before: str
    after: str
    held: str  # joins the checks; {0} is one of them
    run: list[str]
    build: list[str] = field(default_factory=list)

    def program(self, name: str, body: str, demo: str, checks: list[str]) -> str:
        """The whole file."""
        held = "\n".join(self.held.replace("{0}", check) for check in checks)
        text = self.before + body.rstrip("\n") + "\n" + self.after
        return text.replace("{NAME}", name).replace("{DEMO}", demo).replace("{CHECKS}", held)


SANITIZE = ["-g", "-O0", "-fsanitize=address,undefined", "-fno-omit-frame-pointer"]
RUNTIMES = {
    "python": Runtime(
        ".py",
        "",
        '\n\nif __name__ == "__main__":\n    import sys\n\n    if sys.argv[1:] == ["check"]:\n{CHECKS}\n'
        "    else:\n        print({DEMO})\n",
        "        assert {0}",
        ["python3", "{FILE}"],
    ),
    "node": Runtime(
        ".js",
        "'use strict';\n\n",
        "\nif (process.argv[2] === 'check') {\n{CHECKS}\n} else {\n  console.log({DEMO});\n}\n",
        "  if (!({0})) process.exit(1);",
        ["node", "{FILE}"],
    ),
    "ruby": Runtime(
        ".rb",
        "",
        "\nif ARGV[0] == 'check'\n{CHECKS}\nelse\n  puts {DEMO}\nend\n",
        "  exit 1 unless {0}",
        ["ruby", "{FILE}"],
    ),
    "php": Runtime(
        ".php",
        "<?php\ndeclare(strict_types=1);\n\n",
        "\nif (($argv[1] ?? '') === 'check') {\n{CHECKS}\n    exit(0);\n}\necho {DEMO}, \"\\n\";\n",
        "    if (!({0})) { exit(1); }",
        ["php", "-d", "display_errors=stderr", "-d", "log_errors=0", "{FILE}"],
    ),
    "perl": Runtime(
        ".pl",
        "use strict;\nuse warnings;\n\n",
        '\nif (@ARGV) {\n{CHECKS}\n    exit 0;\n}\nprint {DEMO}, "\\n";\n',
        "    exit 1 unless {0};",
        ["perl", "{FILE}"],
    ),
    "java": Runtime(
        ".java",
        "public class {NAME} {\n",
        "\n    public static void main(String[] args) {\n        if (args.length > 0) {\n{CHECKS}\n"
        "            return;\n        }\n        System.out.println({DEMO});\n    }\n}\n",
        "            if (!({0})) System.exit(1);",
        ["java", "-cp", "{BUILD}", "{NAME}"],
        ["javac", "-d", "{BUILD}", "{FILE}"],
    ),
    "go": Runtime(
        ".go",
        'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\n',
        "\nfunc main() {\n\tif len(os.Args) > 1 {\n{CHECKS}\n\t\treturn\n\t}\n\tfmt.Println({DEMO})\n}\n",
        "\t\tif !({0}) {\n\t\t\tos.Exit(1)\n\t\t}",
        ["{BUILD}/program"],
        ["go", "build", "-gcflags=-l", "-o", "{BUILD}/program", "{FILE}"],
    ),
    "rust": Runtime(
        ".rs",
        "",
        "\nfn main() {\n    if std::env::args().len() > 1 {\n{CHECKS}\n        return;\n    }\n"
        '    println!("{:?}", {DEMO});\n}\n',
        "        if !({0}) {\n            std::process::exit(1);\n        }",
        ["env", "RUST_BACKTRACE=1", "{BUILD}/program"],
        ["rustc", "-g", "-A", "warnings", "-o", "{BUILD}/program", "{FILE}"],
    ),
    "c": Runtime(
        ".c",
        "#include <assert.h>\n#include <stdio.h>\n#include <stdlib.h>\n\n",
        "\nint main(int argc, char **argv)\n{\n    (void)argv;\n    if (argc > 1) {\n{CHECKS}\n        return 0;\n"
        '    }\n    printf("%d\\n", {DEMO});\n    return 0;\n}\n',
        "        if (!({0})) return 1;",
        ["env", "ASAN_OPTIONS=detect_leaks=0:handle_abort=1", "{BUILD}/program"],
        ["gcc", *SANITIZE, "-o", "{BUILD}/program", "{FILE}"],
    ),
    "cpp": Runtime(
        ".cpp",
        "#include <iostream>\n#include <map>\n#include <string>\n#include <vector>\n\n",
        "\nint main(int argc, char **)\n{\n    if (argc > 1) {\n{CHECKS}\n        return 0;\n    }\n"
        "    std::cout << {DEMO} << std::endl;\n    return 0;\n}\n",
        "        if (!({0})) return 1;",
        ["env", "ASAN_OPTIONS=detect_leaks=0:handle_abort=1", "{BUILD}/program"],
        ["g++", *SANITIZE, "-o", "{BUILD}/program", "{FILE}"],
    ),
}


@dataclass(frozen=True)
class Program:
    """One program of ``programs/``, before names are chosen."""

    runtime: str
    mutation: str
    categories: list[str]
    types: list[str]
    entity: str
    body: str
    demo: str
    checks: list[str]


def programs(runtime: str) -> Iterator[Program]:
    """Every program of one runtime's file."""
    for part in ("\n" + (PROGRAMS / f"{runtime}.txt").read_text(encoding="utf-8")).split("\n=== ")[1:]:
        head, _, rest = part.partition("\n")
        mutation, categories, types, entity = (field.strip() for field in head.split(" | "))
        body, _, rest = rest.partition("\n--- demo\n")
        demo, _, checks = rest.partition("\n--- check\n")
        listed = [check for check in checks.strip("\n").split("\n") if check.strip()]
        yield Program(runtime, mutation, categories.split(","), types.split(","), entity, body + "\n", demo, listed)


def make(program: Program, chosen: random.Random, number: int) -> dict[str, object] | None:
    """One case: names chosen, both forms run. None where it does not do what it should, which is said."""
    names = {kind: chosen.sample(text.split(), len(text.split())) for kind, text in WORDS.items()}

    def named(text: str) -> str:
        return re.sub(r"~([A-Z])(\d)~", lambda m: names[m[1]][int(m[2])], text)

    own = names["C"][9] if program.runtime == "java" else names["N"][9]
    runtime = RUNTIMES[program.runtime]
    whole = runtime.program(own, named(program.body), named(program.demo), [named(check) for check in program.checks])
    right = MUTATION.sub(lambda m: m[1], whole).replace(CRASH, "")
    marked = MUTATION.sub(lambda m: m[2], whole)
    line = next(n for n, text in enumerate(marked.split("\n"), 1) if text.endswith(CRASH))
    wrong = marked.replace(CRASH, "")
    file = own + runtime.suffix
    case_id = f"{program.runtime}-{program.mutation}-{number}"
    (fine, said), (demo, printed) = _run(runtime, own, file, right)
    if fine != 0 or demo != 0:
        return _left_out(case_id, f"the right program fails: {(said + printed)[-300:]}")
    (checked, _), (crashed, log) = _run(runtime, own, file, wrong)
    if crashed == 0 or checked == 0:
        return _left_out(case_id, "the wrong program does not crash, or passes its check")
    if not any(kind.rsplit(".", 1)[-1] in log for kind in program.types) and program.types != ["die"]:
        return _left_out(case_id, f"the log names no {program.types}: {log[-300:]}")
    return {
        "id": case_id,
        "runtime": program.runtime,
        "mutation": program.mutation,
        "file": file,
        "text": wrong,
        "undo": _undo(wrong, right),
        "build": [word.replace("{NAME}", own) for word in runtime.build],
        "run": [word.replace("{NAME}", own) for word in runtime.run],
        "crash_types": program.types,
        "line": line,
        "categories": program.categories,
        "entity": named(program.entity),
        "log": _wrapped(log, chosen),
    }


def _run(runtime: Runtime, own: str, file: str, text: str) -> list[tuple[int, str]]:
    """Exit code and all that was printed, of the check and of the demo; the scratch folder reads ``/srv/app``."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as build:
        path = Path(folder) / file
        path.write_text(text, encoding="utf-8")

        def argv(words: list[str]) -> list[str]:
            return [w.replace("{FILE}", str(path)).replace("{BUILD}", build).replace("{NAME}", own) for w in words]

        if runtime.build:
            built = subprocess.run(argv(runtime.build), capture_output=True, text=True, timeout=120, check=False)
            if built.returncode != 0:
                return [(99, built.stderr)] * 2
        results = []
        for arguments in (["check"], []):
            done = subprocess.run(
                argv(runtime.run) + arguments, capture_output=True, text=True, timeout=60, check=False, errors="replace"
            )
            said = (done.stdout + done.stderr).replace(folder, "/srv/app").replace(build, "/srv/app/build")
            results.append((done.returncode, said))
        return results


def _undo(wrong: str, right: str) -> dict[str, object]:
    """The lines that make the wrong program right again, as an edit of whole lines."""
    old, new = wrong.splitlines(keepends=True), right.splitlines(keepends=True)
    start, end = _shared(old, new), _shared(old[::-1], new[::-1])
    # Lines that stand twice may be counted from both sides.
    end = min(end, len(old) - start, len(new) - start)
    return {"start_line": start + 1, "end_line": len(old) - end, "text": "".join(new[start : len(new) - end])}


def _shared(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _wrapped(log: str, chosen: random.Random) -> str:
    """The log as one of the ways in which it reaches a developer."""
    lines = log.rstrip("\n").split("\n")
    # A stack overflow prints a thousand equal frames; a log that is kept cuts them as its runtime would.
    if len(lines) > 120:
        lines = lines[:80] + lines[-20:]
    match chosen.choice(["plain", "plain", "noise", "stamps", "compose"]):
        case "noise":
            lines = ["INFO  starting", "INFO  ready after 12 ms", *lines, "INFO  stopped"]
        case "stamps":
            lines = [
                f"2026-11-24T10:{n // 60 % 60:02d}:{n % 60:02d}.{n % 1000:03d}Z {text}" for n, text in enumerate(lines)
            ]
        case "compose":
            lines = [f"worker-1  | {text}" for text in lines]
    return "\n".join(lines) + "\n"


def _left_out(case_id: str, reason: str) -> None:
    print(f"{case_id} is left out: {reason}", file=sys.stderr)


def main() -> int:
    """Write ``cases.jsonl``; 1 when a runtime is absent or a case was left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--variants", type=int, default=3, help="cases that each program becomes")
    parser.add_argument("--runtime", choices=RUNTIMES, action="append", help="make only these anew")
    parser.add_argument("--out", type=Path, default=HERE / "cases.jsonl")
    options = parser.parse_args()
    cases, missing = [], False
    for runtime in options.runtime or RUNTIMES:
        tools = [words[0] for words in (RUNTIMES[runtime].build, RUNTIMES[runtime].run) if words]
        if any(shutil.which(tool) is None for tool in tools if "{" not in tool):
            print(f"{runtime} is left out: {', '.join(tools)} must be installed", file=sys.stderr)
            missing = True
            continue
        # Every other program of a shuffled list, so that both sides have every runtime.
        found = list(programs(runtime))
        order = random.Random(f"{options.seed} {runtime}").sample(range(len(found)), len(found))
        for place, index in enumerate(order):
            for number in range(options.variants):
                chosen = random.Random(f"{options.seed} {runtime} {found[index].mutation} {number}")
                case = make(found[index], chosen, number)
                if case is None:
                    missing = True
                else:
                    cases.append({**case, "split": "test" if place % 2 else "train"})
    if options.runtime and options.out.exists():
        kept = [json.loads(line) for line in options.out.read_text(encoding="utf-8").splitlines()]
        cases += [case for case in kept if case["runtime"] not in options.runtime]
    cases.sort(key=lambda case: str(case["id"]))
    options.out.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    print(f"{len(cases)} cases, {sum(case['split'] == 'test' for case in cases)} of them for the test", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
