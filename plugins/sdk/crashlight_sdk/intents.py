"""The closed list of intents that an analyzer may propose.

A plugin never writes an edit. ``sources/`` in the server turns an intent into edits with tree-sitter,
for every language alike, and checks them. Each entry names the arguments that ``Intent.args`` must
hold; those after ``optional`` may be left out.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntentShape:
    """The arguments of one kind of intent and what it does."""

    does: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


INTENTS: dict[str, IntentShape] = {
    "rename_to": IntentShape("Replace the name `old` on the line by `new`.", ("old", "new")),
    "add_import": IntentShape("Import `module`, or `name` from it.", ("module",), ("name",)),
    "add_dependency": IntentShape("Add `package` to the project's manifest.", ("package",), ("version",)),
    "guard_none": IntentShape("Handle the case that `expression` is absent.", ("expression",)),
    "guard_key": IntentShape("Handle the case that `key` is not in `collection`.", ("collection", "key"), ("default",)),
    "guard_index": IntentShape("Handle the case that `collection` is too short.", ("collection", "index")),
    "guard_zero": IntentShape("Handle the case that `divisor` is zero.", ("divisor",)),
    "leave_when": IntentShape(
        "Leave the function or the round of the loop where `condition` holds.", ("condition",), ("value",)
    ),
    "add_argument": IntentShape("Add the argument `text` to the call of `function`.", ("function", "text")),
    "remove_argument": IntentShape("Remove the argument `text` from the call of `function`.", ("function", "text")),
    "await_call": IntentShape("Await the call of `function`.", ("function",)),
    "convert": IntentShape("Convert `expression` with `function`.", ("expression", "function")),
    "close_resource": IntentShape("Close `name` when it is no longer needed.", ("name",)),
    "initialize": IntentShape("Give `name` the initial value `value` before its first use.", ("name", "value")),
    "insert_before": IntentShape("Insert the line `text` before the line.", ("text",)),
    "replace_text": IntentShape("Replace `old` on the line by `new`.", ("old", "new")),
    "replace_line": IntentShape("Replace the line by `text`.", ("text",)),
}
