// The commands of the palette. Names that the server runs itself (`crashlight.feedback`, …) are registered by the
// language client; those here are the extension's own.
import * as vscode from "vscode";
import type { Server } from "./server";
import { describe } from "./status";

interface Place {
  readonly uri: string;
  readonly line: number;
}

export function registerCommands(server: Server, log: vscode.LogOutputChannel): vscode.Disposable[] {
  const commands: Record<string, (...words: never[]) => unknown> = {
    "crashlight.open": open,
    "crashlight.restartServer": () => server.restart(),
    "crashlight.showLog": () => log.show(),
    "crashlight.showMenu": () => showMenu(server),
  };
  return Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run));
}

async function open({ uri, line }: Place): Promise<void> {
  const position = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(position, position) });
}

async function showMenu(server: Server): Promise<void> {
  const items: (vscode.QuickPickItem & { readonly command: string })[] = [
    { label: "$(refresh) Restart server", command: "crashlight.restartServer" },
    { label: "$(output) Show log", command: "crashlight.showLog" },
  ];
  const title = server.status === undefined ? "Crashlight is not running" : describe(server.status).replaceAll("\n", " · ");
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
