// The commands of the palette, the tree and the details view. Names that the server runs itself
// (`crashlight.feedback`, …) are registered by the language client; those here are the extension's own.
import * as vscode from "vscode";
import { analyzeClipboard, analyzeSelection } from "./analyze";
import type { CrashGroup, Crashes } from "./crashes";
import type { Details } from "./details";
import { comment } from "./feedback";
import type { ModelOffer } from "./modelOffer";
import { isLog } from "./selector";
import type { Server } from "./server";
import { describe } from "./status";
import type { Terminals } from "./terminal";

interface Parts {
  readonly server: Server;
  readonly crashes: Crashes;
  readonly details: Details;
  readonly terminals: Terminals;
  readonly offer: ModelOffer;
  readonly log: vscode.LogOutputChannel;
}

interface Place {
  readonly uri: string;
  readonly line: number;
}

interface Named {
  readonly fingerprint: string;
}

// The tree hands over its node, the details view and links the fingerprint alone.
type Chosen = Named | { readonly group: CrashGroup };

export function registerCommands({ server, crashes, details, terminals, offer, log }: Parts): vscode.Disposable[] {
  const commands: Record<string, (...words: never[]) => unknown> = {
    "crashlight.open": open,
    "crashlight.showDetails": (chosen: Chosen) => details.show(named(chosen)),
    "crashlight.comment": (chosen: Chosen) => comment(server, named(chosen)),
    "crashlight.resolveCrash": (chosen: Chosen) => server.execute("crashlight.resolve", { fingerprint: named(chosen) }),
    "crashlight.ignoreCrash": (chosen: Chosen) => server.execute("crashlight.ignore", { fingerprint: named(chosen) }),
    "crashlight.refreshCrashes": () => crashes.refresh(),
    "crashlight.analyzeClipboard": analyzeClipboard,
    "crashlight.analyzeSelection": analyzeSelection,
    "crashlight.analyzeTerminal": () => terminals.analyzeLatest(),
    "crashlight.silenceLog": silenceLog,
    "crashlight.setUpModel": () => offer.setUp(),
    "crashlight.restartServer": () => server.restart(),
    "crashlight.showLog": () => log.show(),
    "crashlight.showMenu": () => showMenu(server),
  };
  return Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run));
}

function named(chosen: Chosen): string {
  return "group" in chosen ? chosen.group.fingerprint : chosen.fingerprint;
}

async function open({ uri, line }: Place): Promise<void> {
  const position = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(position, position) });
}

// The log in front is never looked at again; the setting says so, and is the place to take it back.
async function silenceLog(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined || document.uri.scheme !== "file" || !isLog(document)) {
    void vscode.window.showInformationMessage("Open the log that you want to silence first.");
    return;
  }
  const configuration = vscode.workspace.getConfiguration("crashlight", document.uri);
  const glob = `**/${vscode.workspace.asRelativePath(document.uri, false)}`;
  const target =
    vscode.workspace.workspaceFolders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await configuration.update("logs.exclude", [...configuration.get<string[]>("logs.exclude", []), glob], target);
  const chosen = await vscode.window.showInformationMessage(`${glob} is silent from now on.`, "Show Setting");
  if (chosen === "Show Setting") {
    await vscode.commands.executeCommand("workbench.action.openSettings", "crashlight.logs.exclude");
  }
}

async function showMenu(server: Server): Promise<void> {
  const item = (label: string, command: string) => ({ label, command });
  const items: (vscode.QuickPickItem & { readonly command: string })[] = [
    item("$(flame) Show crashes", "crashlight.crashes.focus"),
    item("$(clippy) Analyze clipboard", "crashlight.analyzeClipboard"),
    item("$(rocket) Set up the model", "crashlight.setUpModel"),
    item("$(refresh) Restart server", "crashlight.restartServer"),
    item("$(output) Show log", "crashlight.showLog"),
  ];
  const title =
    server.status === undefined ? "Crashlight is not running" : describe(server.status).replaceAll("\n", " · ");
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
