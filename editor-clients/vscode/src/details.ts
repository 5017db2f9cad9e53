// One crash in full, in a webview that may load nothing but its own script and style. What it shows is sent to it as
// data and becomes text there, never markup: it comes from logs.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { ago, type CrashGroup, type Crashes } from "./crashes";

// What the page may ask for; anything else is not listened to.
const ASKABLE = new Set([
  "crashlight.feedback",
  "crashlight.comment",
  "crashlight.explain",
  "crashlight.resolve",
  "crashlight.ignore",
  "crashlight.open",
]);

interface Asked {
  readonly command: string;
  readonly argument: object;
}

export class Details implements vscode.Disposable {
  #panel: vscode.WebviewPanel | undefined;
  #fingerprint: string | undefined;
  readonly #subscription: vscode.Disposable;

  constructor(
    private readonly media: vscode.Uri,
    private readonly crashes: Crashes,
  ) {
    this.#subscription = crashes.onChange(() => this.#send());
  }

  async show(fingerprint: string): Promise<void> {
    this.#fingerprint = fingerprint;
    if (this.crashes.find(fingerprint) === undefined) {
      await this.crashes.refresh();
    }
    this.#panel ??= this.#open();
    this.#panel.reveal(vscode.ViewColumn.Beside, true);
    void vscode.commands.executeCommand("crashlight.shown", { fingerprint });
    this.#send();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#panel?.dispose();
  }

  #open(): vscode.WebviewPanel {
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel("crashlight.details", "Crash", column, {
      enableScripts: true,
      localResourceRoots: [this.media],
    });
    panel.webview.onDidReceiveMessage(({ command, argument }: Asked) => {
      if (command === "ready") {
        this.#send();
      } else if (ASKABLE.has(command)) {
        void vscode.commands.executeCommand(command, argument);
      }
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    panel.webview.html = page(panel.webview, this.media);
    return panel;
  }

  #send(): void {
    const group = this.#fingerprint === undefined ? undefined : this.crashes.find(this.#fingerprint);
    if (this.#panel !== undefined && group !== undefined) {
      this.#panel.title = group.headline.slice(0, 40);
      void this.#panel.webview.postMessage({ ...group, facts: facts(group) });
    }
  }
}

function facts(group: CrashGroup): string[] {
  const said =
    group.by === "model" ? "said by the model" : group.by === "rules" ? "by a rule" : "from the facts of the trace";
  const seen = [`seen ${group.count}×`];
  if (group.firstSeen !== null && group.lastSeen !== null) {
    seen.push(`first ${ago(group.firstSeen)}`, `last ${ago(group.lastSeen)}`);
  }
  return [group.language, group.category.replaceAll("-", " "), said, ...seen];
}

function page(webview: vscode.Webview, media: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
<link rel="stylesheet" href="${file("details.css")}">
<title>Crash</title>
</head>
<body><main></main><script nonce="${nonce}" src="${file("details.js")}"></script></body>
</html>`;
}
