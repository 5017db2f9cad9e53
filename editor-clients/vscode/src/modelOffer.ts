// The model is offered once, when there is a crash to explain, and never fetched unasked.
import * as vscode from "vscode";
import type { Crashes } from "./crashes";
import type { Server, ServerStatus } from "./server";

const OFFERED = "crashlight.modelOffered";

export class ModelOffer implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;

  constructor(
    private readonly server: Server,
    private readonly crashes: Crashes,
    private readonly memory: vscode.Memento,
  ) {
    this.#subscription = crashes.onChange(() => void this.#consider());
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  // Setting up builds llama.cpp and fetches the model; the terminal shows how far it is, and stops it on Ctrl+C.
  setUp(): void {
    const program = this.server.program;
    if (program === undefined) {
      void vscode.window.showInformationMessage("Open a log first, so that the server starts.");
      return;
    }
    const terminal = vscode.window.createTerminal({
      name: "Crashlight model",
      shellPath: program,
      shellArgs: ["models", "setup"],
    });
    terminal.show();
    const closed = vscode.window.onDidCloseTerminal((each) => {
      if (each === terminal) {
        closed.dispose();
        void this.server.execute("crashlight.restartModel");
      }
    });
  }

  async #consider(): Promise<void> {
    if (this.crashes.groups.length === 0 || this.memory.get(OFFERED, false)) {
      return;
    }
    const status = await this.server.execute<ServerStatus>("crashlight.status");
    // The check says how to cure it; other troubles of the model are no reason to offer one.
    if (!status?.checks.some(({ name, cure }) => name === "model" && cure.endsWith("models setup"))) {
      return;
    }
    await this.memory.update(OFFERED, true);
    const chosen = await vscode.window.showInformationMessage(
      "Rules explain this crash now. A language model on this machine can look closer: 1.1 GB to fetch, about 4 minutes to set up. Nothing is sent anywhere.",
      "Set Up",
      "Not Now",
    );
    if (chosen === "Set Up") {
      this.setUp();
    }
  }
}
