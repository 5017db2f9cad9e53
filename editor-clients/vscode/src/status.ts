// The status bar item: health at a glance, the rest in its menu.
import * as vscode from "vscode";
import type { Server, ServerStatus } from "./server";

const ICONS = { ok: "$(flame)", degraded: "$(warning)", down: "$(error)" } as const;

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("crashlight.status", vscode.StatusBarAlignment.Right, 90);
  readonly #subscription: vscode.Disposable;

  constructor(private readonly server: Server) {
    this.#item.name = "Crashlight";
    this.#item.command = "crashlight.showMenu";
    this.#subscription = server.onStatus((status) => this.#show(status));
    this.#show(server.status);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }

  // Nothing to show before the first start; a server that stopped is worth a sign.
  #showAbsence(): void {
    this.#item.text = "$(circle-slash) Crashlight";
    this.#item.tooltip = "Crashlight is not running. Click to restart it.";
    this.#item.backgroundColor = undefined;
    if (this.server.started) {
      this.#item.show();
    } else {
      this.#item.hide();
    }
  }

  #show(status: ServerStatus | undefined): void {
    if (status === undefined) {
      this.#showAbsence();
      return;
    }
    const queue = status.queue > 0 ? ` ${status.queue}` : "";
    this.#item.text = `${ICONS[status.health]} Crashlight${queue}`;
    this.#item.tooltip = describe(status);
    this.#item.backgroundColor =
      status.health === "down" ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    this.#item.show();
  }
}

export function describe(status: ServerStatus): string {
  const lines = [`Health: ${status.health}`, `Model: ${status.model}`];
  if (status.queue > 0) {
    lines.push(`Waiting for the model: ${status.queue}`);
  }
  if (status.message !== "") {
    lines.push(status.message);
  }
  return lines.join("\n");
}
