// The composition root: makes each part once and tears all of them down together.
import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { Crashes } from "./crashes";
import { Details } from "./details";
import { Explorer } from "./explorer";
import { ModelOffer } from "./modelOffer";
import { Server } from "./server";
import { StatusBar } from "./status";
import { Terminals } from "./terminal";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Crashlight", { log: true });
  const server = new Server(context, log);
  const crashes = new Crashes(server, log);
  const details = new Details(vscode.Uri.joinPath(context.extensionUri, "media"), crashes);
  const terminals = new Terminals(server, log);
  const offer = new ModelOffer(server, crashes, context.globalState);
  context.subscriptions.push(
    log,
    server,
    crashes,
    details,
    terminals,
    offer,
    new Explorer(crashes),
    new StatusBar(server),
    ...registerCommands({ server, crashes, details, terminals, offer, log }),
  );
  await server.startWhenNeeded();
}
