// One server for all folders of a window: starts it when there is something to look at, and starts it again on request.
import * as vscode from "vscode";
import {
  type ConfigurationParams,
  type ExecuteCommandSignature,
  type LanguageClientOptions,
  LanguageClient,
  type ServerOptions,
  State,
} from "vscode-languageclient/node";
import { declaredNames, explicitSettings } from "./configuration";
import { isLog, selector } from "./selector";
import { ensureProgram } from "./environment";
import { type Opinion, withReason } from "./feedback";

export interface Check {
  readonly name: string;
  readonly status: "ok" | "degraded" | "down";
  readonly detail: string;
  readonly cure: string;
}

export interface ServerStatus {
  readonly health: "ok" | "degraded" | "down";
  readonly model: string;
  readonly queue: number;
  readonly crashes: number;
  readonly message: string;
  readonly checks: readonly Check[];
}

export class Server implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ServerStatus | undefined>();
  readonly onStatus = this.#changed.event;
  #client: LanguageClient | undefined;
  #starting: Promise<void> | undefined;
  #status: ServerStatus | undefined;
  #program: string | undefined;
  #waiting: vscode.Disposable | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get status(): ServerStatus | undefined {
    return this.#status;
  }

  get running(): boolean {
    return this.#client?.state === State.Running;
  }

  // True once a server was started, whatever became of it.
  get started(): boolean {
    return this.#client !== undefined;
  }

  // The program that was started, for commands beside the server.
  get program(): string | undefined {
    return this.#program;
  }

  // With a program at hand a folder is reason enough; an environment is only made once a log is opened.
  async startWhenNeeded(): Promise<void> {
    const configured = vscode.workspace.getConfiguration("crashlight").get<string>("server.path", "") !== "";
    const needed =
      (configured && vscode.workspace.workspaceFolders !== undefined) || vscode.workspace.textDocuments.some(isLog);
    if (needed) {
      return this.start();
    }
    this.#waiting = vscode.workspace.onDidOpenTextDocument((document) => {
      if (isLog(document)) {
        void this.start();
      }
    });
  }

  start(): Promise<void> {
    this.#waiting?.dispose();
    this.#starting ??= this.#start().catch((problem: unknown) => {
      this.#starting = undefined;
      this.log.error(String(problem));
      void this.#offerHelp(problem);
    });
    return this.#starting;
  }

  async restart(): Promise<void> {
    await this.#starting;
    // A server that hangs or has gone cannot be stopped in order; it is replaced all the same.
    await this.#client?.stop().catch((problem: unknown) => this.log.warn(String(problem)));
    this.#client = undefined;
    this.#starting = undefined;
    this.#publish(undefined);
    await this.start();
  }

  // Runs a command of the server; starts the server first where it sleeps.
  async execute<Result>(command: string, argument?: object): Promise<Result | undefined> {
    await this.start();
    if (this.#client === undefined) {
      return undefined;
    }
    return this.#client.sendRequest<Result>("workspace/executeCommand", {
      command,
      arguments: argument === undefined ? [] : [argument],
    });
  }

  dispose(): void {
    this.#waiting?.dispose();
    this.#changed.dispose();
    void this.#client?.stop().catch(() => undefined);
  }

  async #start(): Promise<void> {
    const program = await ensureProgram(this.context, this.log);
    if (program === undefined) {
      throw new Error("no program was chosen");
    }
    this.#program = program;
    const options: ServerOptions = { command: program, args: ["serve"] };
    const client = new LanguageClient("crashlight", "Crashlight", options, this.#clientOptions());
    client.onNotification("crashlight/status", (status: ServerStatus) => this.#publish(status));
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped) {
        this.#publish(undefined);
      }
    });
    this.#client = client;
    await client.start();
  }

  #clientOptions(): LanguageClientOptions {
    const names = declaredNames(this.context.extension);
    return {
      documentSelector: selector(),
      outputChannel: this.log,
      initializationOptions: {
        editor: "vscode",
        // VS Code ends a line at a lone carriage return too.
        lineEnds: "cr-too",
        trusted: vscode.workspace.isTrusted,
      },
      markdown: { isTrusted: false, supportHtml: false },
      synchronize: { configurationSection: "crashlight" },
      middleware: {
        executeCommand: (command, words, next) => this.#execute(command, words, next),
        workspace: {
          configuration: ({ items }: ConfigurationParams) =>
            items.map(({ scopeUri }) =>
              explicitSettings(scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri), names),
            ),
          // The server asks for what it needs, folder by folder.
          didChangeConfiguration: (_sections, next) => next(undefined),
        },
      },
    };
  }

  // Lenses and code actions run the server's commands through here.
  async #execute(command: string, words: unknown[], next: ExecuteCommandSignature): Promise<unknown> {
    const [argument] = words as [{ fingerprint: string }];
    if (command === "crashlight.feedback") {
      return next(command, [await withReason(argument as Opinion)]);
    }
    if (command === "crashlight.explain") {
      return this.#explain(argument.fingerprint, () => next(command, words));
    }
    return next(command, words);
  }

  // The details show the model's answer once it is there. Without a model the server refuses and says why.
  async #explain(fingerprint: string, ask: () => unknown): Promise<void> {
    try {
      await ask();
      await vscode.commands.executeCommand("crashlight.showDetails", { fingerprint });
    } catch (refusal) {
      const text = refusal instanceof Error ? refusal.message : String(refusal);
      if ((await vscode.window.showWarningMessage(text, "Set Up the Model")) !== undefined) {
        await vscode.commands.executeCommand("crashlight.setUpModel");
      }
    }
  }

  #publish(status: ServerStatus | undefined): void {
    this.#status = status;
    this.#changed.fire(status);
  }

  async #offerHelp(problem: unknown): Promise<void> {
    const text = problem instanceof Error ? problem.message : String(problem);
    const chosen = await vscode.window.showErrorMessage(
      `Crashlight could not start: ${text}`,
      "Try Again",
      "Show Log",
      "Settings",
    );
    if (chosen === "Try Again") {
      await this.start();
    } else if (chosen === "Show Log") {
      this.log.show();
    } else if (chosen === "Settings") {
      await vscode.commands.executeCommand("workbench.action.openSettings", "crashlight.server");
    }
  }
}
