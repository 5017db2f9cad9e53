"""Mechanical changes for JVM crashes, as intents."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts

# What may stand before a call or field: names, calls and subscripts joined by dots.
_CHAIN = r"[A-Za-z_]\w*(?:\??\.[A-Za-z_]\w*|\[[^\[\]]*\]|\([^()]*\))*"
_MAP_READ = re.compile(r"(?<![\w.])(?P<map>[A-Za-z_][\w.]*)\.get\((?P<key>[^()]+)\)")
_PARSERS = re.compile(r"(?:Integer|Long|Double|Float|Short|Byte)\.(?:parse\w+|valueOf)\((?P<text>[^()]+)\)")


def guard_null(facts: Facts) -> Iterator[Intent]:
    """Handle that what a method is called on, or a field is read from, is null."""
    expression = facts["expression"]
    if facts["member"].endswith("Value") and (read := _MAP_READ.search(facts.line)):
        # Unboxing: it is the number that the map does not hold which is null.
        args = {"collection": read["map"], "key": read["key"]}
        yield Intent("guard_key", f"Handle that {read['key']} is not in {read['map']}", args=args)
        return
    if not expression or expression.startswith(("the ", "<local")) or expression not in facts.line:
        member = facts["member"].rpartition(".")[2]
        found = re.search(rf"(?P<owner>{_CHAIN})(?:\.|!!\.){re.escape(member)}\b", facts.line) if member else None
        expression = found["owner"] if found else ""
    if expression:
        yield Intent("guard_none", f"Handle that {expression} is null", args={"expression": expression})


def guard_index(facts: Facts) -> Iterator[Intent]:
    """A guard for an index beyond the end."""
    found = re.search(
        r"(?P<collection>[A-Za-z_][\w.]*)(?:\[(?P<index>[^\[\]]+)\]|\.(?:get|charAt|elementAt|remove)\((?P<call>[^()]+)\))",
        facts.line,
    )
    if found:
        args = {"collection": found["collection"], "index": found["index"] or found["call"]}
        yield Intent("guard_index", f"Handle that {found['collection']} is too short", args=args)


def guard_zero(facts: Facts) -> Iterator[Intent]:
    """A guard for the divisor."""
    found = re.search(rf"[/%]=?\s*(?P<divisor>\([^()]+\)|{_CHAIN})", facts.line)
    if found:
        divisor = found["divisor"]
        yield Intent("guard_zero", f"Handle that {divisor} is zero", args={"divisor": divisor})


def guard_optional(facts: Facts) -> Iterator[Intent]:
    """Say what to do where an Optional is empty."""
    found = re.search(rf"(?P<owner>{_CHAIN})\.(?:get|orElseThrow)\(\)", facts.line)
    if found:
        args = {"expression": found["owner"]}
        yield Intent("guard_none", "Say what to use where the Optional is empty", args=args)


def loop_bound(facts: Facts) -> Iterator[Intent]:
    """The loop that goes one too far."""
    if facts.excerpt is None:
        return
    last = facts.excerpt.culprit_line
    for number in range(last, max(facts.excerpt.first_line, last - 12) - 1, -1):
        line = facts.excerpt.line(number) or ""
        found = re.search(r"<=\s*(?P<bound>[\w.]+\.(?:length|size\(\)|length\(\)|size|count))", line)
        if found:
            args = {"old": found[0], "new": f"< {found['bound']}"}
            yield Intent("replace_text", "Stop the loop before the length", line=number, args=args)
            return
    cut = re.search(r"(?P<text>[A-Za-z_][\w.]*)\.substring\((?P<first>[^(),]+), *(?P<last>[\w.]+)\)", facts.line)
    if cut:
        end = f"Math.min({cut['last']}, {cut['text']}.length())"
        args = {"old": cut[0], "new": f"{cut['text']}.substring({cut['first']}, {end})"}
        yield Intent("replace_text", "End at the end of the text", args=args)
        return
    yield from guard_index(facts)


def check_cast(facts: Facts) -> Iterator[Intent]:
    """Pass over what is of another class."""
    found = re.search(r"\((?P<type>[A-Z][\w.]*)\)\s*(?P<value>[a-z]\w*)\b(?![.(\[])", facts.line)
    if found:
        condition = f"!({found['value']} instanceof {found['type']})"
        yield Intent("leave_when", f"Pass over {found['value']} of another class", args={"condition": condition})


def skip_no_number(facts: Facts) -> Iterator[Intent]:
    """Pass over text that is no whole number."""
    found = re.search(r"(?:Integer|Long)\.(?:parse\w+|valueOf)\((?P<text>[a-z]\w*)\)", facts.line)
    if found:
        condition = f'!{found["text"]}.matches("-?\\\\d+")'
        yield Intent("leave_when", f"Pass over {found['text']} where it is no number", args={"condition": condition})


def iterate_copy(facts: Facts) -> Iterator[Intent]:
    """Walk a copy of what is changed in the loop."""
    found = re.search(r"for \([\w<>?, ]+ : (?P<all>[a-z][\w.]*)\)", facts.line)
    if found:
        copy = f": new java.util.ArrayList<>({found['all']}))"
        args = {"old": f": {found['all']})", "new": copy}
        yield Intent("replace_text", f"Iterate over a copy of {found['all']}", args=args)


def install(facts: Facts) -> Iterator[Intent]:
    """Add the library that is known to hold the class."""
    name = facts["name"].replace("/", ".")
    for prefix, package in _PACKAGES:
        if name.startswith(prefix):
            yield Intent("add_dependency", f"Add {package} to the dependencies", args={"package": package})
            return


_PACKAGES = (
    ("org.slf4j.", "org.slf4j:slf4j-api"),
    ("org.apache.commons.lang3.", "org.apache.commons:commons-lang3"),
    ("org.apache.commons.io.", "commons-io:commons-io"),
    ("org.apache.commons.logging.", "commons-logging:commons-logging"),
    ("org.apache.commons.collections4.", "org.apache.commons:commons-collections4"),
    ("org.apache.logging.log4j.", "org.apache.logging.log4j:log4j-core"),
    ("com.google.common.", "com.google.guava:guava"),
    ("com.google.gson.", "com.google.code.gson:gson"),
    ("com.fasterxml.jackson.databind.", "com.fasterxml.jackson.core:jackson-databind"),
    ("com.fasterxml.jackson.core.", "com.fasterxml.jackson.core:jackson-core"),
    ("com.mysql.", "com.mysql:mysql-connector-j"),
    ("org.postgresql.", "org.postgresql:postgresql"),
    ("org.h2.", "com.h2database:h2"),
    ("org.junit.jupiter.", "org.junit.jupiter:junit-jupiter"),
    ("org.mockito.", "org.mockito:mockito-core"),
    ("javax.xml.bind.", "javax.xml.bind:jaxb-api"),
    ("jakarta.xml.bind.", "jakarta.xml.bind:jakarta.xml.bind-api"),
    ("javax.annotation.", "javax.annotation:javax.annotation-api"),
    ("javax.servlet.", "javax.servlet:javax.servlet-api"),
    ("okhttp3.", "com.squareup.okhttp3:okhttp"),
    ("retrofit2.", "com.squareup.retrofit2:retrofit"),
    ("kotlinx.coroutines.", "org.jetbrains.kotlinx:kotlinx-coroutines-core"),
    ("kotlin.", "org.jetbrains.kotlin:kotlin-stdlib"),
    ("scala.", "org.scala-lang:scala-library"),
)
