// Crashes of commands in the integrated terminal: the output of each command is kept as a small virtual log, which the
// server reads as any other, and frames in the terminal are links.
import { stripVTControlCharacters } from "node:util";
import * as vscode from "vscode";
import type { Server } from "./server";

export const TERMINAL_SCHEME = "crashlight-terminal";
const MOST_KEPT = 1 << 20; // characters of one command's output, the end of it: crashes stand at the end
const MOST_LOGS = 20;

export class Terminals implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #logs = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable[];
  #latest: vscode.Uri | undefined;
  #count = 0;

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(TERMINAL_SCHEME, this),
      vscode.window.onDidStartTerminalShellExecution(({ execution }) => void this.#follow(execution)),
      vscode.window.registerTerminalLinkProvider(new FrameLinks(server)),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#logs.get(uri.toString()) ?? "";
  }

  // Shows what the last command printed.
  async analyzeLatest(): Promise<void> {
    if (this.#latest === undefined) {
      void vscode.window.showInformationMessage(
        "No output of a terminal command is known yet. Shell integration must be on.",
      );
      return;
    }
    await vscode.window.showTextDocument(this.#latest, { preview: false });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #follow(execution: vscode.TerminalShellExecution): Promise<void> {
    if (!vscode.workspace.getConfiguration("crashlight").get<boolean>("terminal.enabled", true)) {
      return;
    }
    let output = "";
    try {
      for await (const piece of execution.read()) {
        output = (output + piece).slice(-MOST_KEPT);
      }
    } catch (problem) {
      this.log.warn(`a terminal could not be read: ${problem}`);
    }
    const text = stripVTControlCharacters(output).replace(/\r+\n/g, "\n");
    if (text.trim() !== "") {
      await this.#keep(execution.commandLine.value, text);
    }
  }

  async #keep(command: string, text: string): Promise<void> {
    const name = command.trim().split(/\s+/)[0]?.split(/[\\/]/).at(-1) || "command";
    // The ending makes it a log for VS Code and for the server.
    const uri = vscode.Uri.from({ scheme: TERMINAL_SCHEME, path: `/${++this.#count}/${name}.log` });
    this.#logs.set(uri.toString(), text);
    this.#latest = uri;
    const oldest = this.#logs.keys().next().value;
    if (this.#logs.size > MOST_LOGS && oldest !== undefined) {
      this.#logs.delete(oldest);
    }
    if (this.server.running) {
      const found = firstDiagnostic(uri);
      await vscode.workspace.openTextDocument(uri);
      const crash = await found;
      if (crash !== undefined) {
        await this.#tell(uri, crash);
      }
    }
  }

  async #tell(uri: vscode.Uri, crash: vscode.Diagnostic): Promise<void> {
    const headline = crash.message.split("\n", 1)[0] ?? "";
    const chosen = await vscode.window.showInformationMessage(`A command crashed: ${headline}`, "Explain");
    if (chosen === "Explain") {
      await vscode.window.showTextDocument(uri, { preview: false, selection: crash.range });
    }
  }
}

// The first crash that the server finds in a document, or undefined when it finds none in the time it takes at most.
function firstDiagnostic(uri: vscode.Uri): Promise<vscode.Diagnostic | undefined> {
  return new Promise((resolve) => {
    const finish = (found?: vscode.Diagnostic) => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(found);
    };
    const timer = setTimeout(finish, 10_000);
    const subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some((each) => each.toString() === uri.toString())) {
        finish(vscode.languages.getDiagnostics(uri)[0]);
      }
    });
  });
}

interface FrameLink extends vscode.TerminalLink {
  readonly line: string;
}

// What a frame looks like, roughly; the server, which knows every runtime's traces, says where it really leads.
const FRAME = /(?:File "[^"]+", line \d+|\bat .+\(.+:\d+(?::\d+)?\)|\bat \S+:\d+:\d+|[\w./\\-]+\.\w{1,4}:\d+(?::\d+)?)/;

class FrameLinks implements vscode.TerminalLinkProvider<FrameLink> {
  constructor(private readonly server: Server) {}

  provideTerminalLinks({ line }: vscode.TerminalLinkContext): FrameLink[] {
    const found = this.server.running && line.length < 2000 ? FRAME.exec(line) : null;
    return found === null
      ? []
      : [{ startIndex: found.index, length: found[0].length, tooltip: "Open the source line", line }];
  }

  async handleTerminalLink({ line }: FrameLink): Promise<void> {
    const place = await this.server.execute<{ uri: string; range: { start: { line: number } } }>("crashlight.locate", {
      line,
    });
    if (place) {
      await vscode.commands.executeCommand("crashlight.open", { uri: place.uri, line: place.range.start.line });
    } else {
      void vscode.window.showInformationMessage("This frame's source is not in the workspace.");
    }
  }
}
