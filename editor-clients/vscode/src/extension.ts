// The composition root: makes each part once and tears all of them down together.
import * as vscode from "vscode";
import { Server } from "./server";
import { registerCommands } from "./commands";
import { StatusBar } from "./status";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Crashlight", { log: true });
  const server = new Server(context, log);
  context.subscriptions.push(log, server, new StatusBar(server), ...registerCommands(server, log));
  await server.startWhenNeeded();
}
