// The tree of crashes: what is open first, then what was resolved or ignored; below each crash, the logs it stands in.
import * as path from "node:path";
import * as vscode from "vscode";
import { ago, type CrashGroup, type Crashes, type Occurrence } from "./crashes";

type Shelf = { readonly kind: "shelf"; readonly label: string; readonly groups: readonly CrashGroup[] };
type Node =
  | Shelf
  | { readonly kind: "group"; readonly group: CrashGroup }
  | { readonly kind: "place"; readonly place: Occurrence };

const ICONS = {
  new: new vscode.ThemeIcon("flame", new vscode.ThemeColor("list.errorForeground")),
  recurred: new vscode.ThemeIcon("flame", new vscode.ThemeColor("list.errorForeground")),
  known: new vscode.ThemeIcon("flame", new vscode.ThemeColor("list.warningForeground")),
  resolved: new vscode.ThemeIcon("pass"),
  ignored: new vscode.ThemeIcon("eye-closed"),
} as const;

export class Explorer implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Node>;
  readonly #subscription: vscode.Disposable;

  constructor(private readonly crashes: Crashes) {
    this.#view = vscode.window.createTreeView("crashlight.crashes", { treeDataProvider: this, showCollapseAll: true });
    this.#subscription = crashes.onChange(() => this.#refresh());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      return this.#top();
    }
    if (node.kind === "shelf") {
      return node.groups.map((group) => ({ kind: "group", group }));
    }
    return node.kind === "group" ? node.group.occurrences.map((place) => ({ kind: "place", place })) : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "shelf":
        return shelfItem(node);
      case "group":
        return groupItem(node.group);
      case "place":
        return placeItem(node.place);
    }
  }

  #top(): Node[] {
    const on = (states: readonly CrashGroup["state"][]) =>
      this.crashes.groups
        .filter(({ state }) => states.includes(state))
        .sort((a, b) => (b.lastSeen ?? 0) - (a.lastSeen ?? 0));
    const shelves: Shelf[] = [
      { kind: "shelf", label: "Resolved", groups: on(["resolved"]) },
      { kind: "shelf", label: "Ignored", groups: on(["ignored"]) },
    ];
    const open = on(["new", "recurred", "known"]).map((group): Node => ({ kind: "group", group }));
    return [...open, ...shelves.filter(({ groups }) => groups.length > 0)];
  }

  #refresh(): void {
    const news = this.crashes.groups.filter(({ state }) => state === "new" || state === "recurred").length;
    this.#view.badge =
      news === 0 ? undefined : { value: news, tooltip: news === 1 ? "1 new crash" : `${news} new crashes` };
    this.#changed.fire();
  }
}

function shelfItem({ label, groups }: Shelf): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.description = String(groups.length);
  return item;
}

function groupItem(group: CrashGroup): vscode.TreeItem {
  const item = new vscode.TreeItem(group.headline, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = group.fingerprint;
  item.description = `${group.count}×${group.lastSeen === null ? "" : ` · ${ago(group.lastSeen)}`}`;
  item.iconPath = ICONS[group.state];
  item.contextValue = `crash.${group.state}`;
  // A plain string: what a log says is never read as Markdown.
  item.tooltip = [group.headline, group.cause, group.fix].filter((line) => line !== "").join("\n\n");
  item.command = {
    command: "crashlight.showDetails",
    title: "Show Details",
    arguments: [{ fingerprint: group.fingerprint }],
  };
  return item;
}

function placeItem({ uri, line }: Occurrence): vscode.TreeItem {
  const target = vscode.Uri.parse(uri);
  const item = new vscode.TreeItem(`${path.posix.basename(target.path)}:${line + 1}`);
  item.description = vscode.workspace.asRelativePath(target);
  item.iconPath = new vscode.ThemeIcon("output");
  item.command = { command: "crashlight.open", title: "Open", arguments: [{ uri, line }] };
  return item;
}
