// Draws the crash that the extension sends. Every text is set as text, so that nothing in a log becomes markup.
const vscode = acquireVsCodeApi();
const main = document.querySelector("main");

window.addEventListener("message", ({ data: crash }) => {
  main.replaceChildren(
    element("h1", crash.headline),
    element("p", crash.facts.join(" · "), "facts"),
    element("h2", "Why"),
    prose(crash.cause),
    ...(crash.fix ? [element("h2", "What to do"), prose(crash.fix)] : []),
    ...fixes(crash),
    element("h2", "Where"),
    list(crash.occurrences.map((place) => link(`${name(place.uri)}:${place.line + 1}`, "crashlight.open", place))),
    actions(crash),
  );
});

vscode.postMessage({ command: "ready" });

function fixes({ fixes }) {
  if (fixes.length === 0) {
    return [];
  }
  const described = fixes.map(({ title, verified }) => element("li", `${title} (checked: ${verified.join(", ")})`));
  return [element("h2", "Offered by the light bulb"), list(described)];
}

function actions({ fingerprint, thumbsUp, thumbsDown, by, state }) {
  const row = element("div", "", "actions");
  row.append(
    button(`👍 ${thumbsUp || ""}`, "crashlight.feedback", { kind: "thumbs_up", fingerprint }),
    button(`👎 ${thumbsDown || ""}`, "crashlight.feedback", { kind: "thumbs_down", fingerprint }),
    button("Comment…", "crashlight.comment", { fingerprint }),
  );
  if (by !== "model") {
    row.append(button("Explain deeper", "crashlight.explain", { fingerprint }));
  }
  if (state !== "resolved") {
    row.append(button("Resolved", "crashlight.resolve", { fingerprint }));
  }
  if (state !== "ignored") {
    row.append(button("Ignore", "crashlight.ignore", { fingerprint }));
  }
  return row;
}

// A paragraph whose `names` are set as code, and still as text.
function prose(text) {
  const made = document.createElement("p");
  made.append(...text.split("`").map((part, index) => (index % 2 === 1 ? element("code", part) : part)));
  return made;
}

function list(items) {
  const made = document.createElement("ul");
  made.append(...items.map((item) => (item.tagName === "LI" ? item : wrapped(item))));
  return made;
}

function wrapped(child) {
  const item = document.createElement("li");
  item.append(child);
  return item;
}

function button(text, command, argument) {
  const made = element("button", text.trim());
  made.addEventListener("click", () => vscode.postMessage({ command, argument }));
  return made;
}

function link(text, command, argument) {
  const made = button(text, command, argument);
  made.className = "link";
  return made;
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function name(uri) {
  return decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
}
