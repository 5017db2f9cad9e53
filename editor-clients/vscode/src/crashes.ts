// What the server knows of the crashes of this window, for the tree and the details view.
import * as vscode from "vscode";
import type { Server } from "./server";

export interface Occurrence {
  readonly uri: string;
  readonly line: number;
  readonly firstLine: number;
}

export interface Fix {
  readonly id: string;
  readonly title: string;
  readonly verified: readonly string[];
}

export interface CrashGroup {
  readonly fingerprint: string;
  readonly headline: string;
  readonly language: string;
  readonly category: string;
  readonly cause: string;
  readonly fix: string;
  readonly by: string;
  readonly state: "new" | "known" | "ignored" | "resolved" | "recurred";
  readonly count: number;
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly thumbsUp: number;
  readonly thumbsDown: number;
  readonly fixes: readonly Fix[];
  readonly occurrences: readonly Occurrence[];
}

const QUIET_MS = 200;

export class Crashes implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];
  #groups: readonly CrashGroup[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    // The server publishes diagnostics whenever a crash comes, goes, or is judged; that is the moment to ask again.
    this.#subscriptions = [
      vscode.languages.onDidChangeDiagnostics(() => this.refreshSoon()),
      server.onStatus(() => this.refreshSoon()),
    ];
  }

  get groups(): readonly CrashGroup[] {
    return this.#groups;
  }

  find(fingerprint: string): CrashGroup | undefined {
    return this.#groups.find((group) => group.fingerprint === fingerprint);
  }

  refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A server that is going down answers no more; its end empties the list.
      this.refresh().catch((problem: unknown) => this.log.debug(`crashes: ${problem}`));
    }, QUIET_MS);
  }

  async refresh(): Promise<void> {
    const groups = this.server.running ? await this.server.execute<CrashGroup[]>("crashlight.crashes") : [];
    if (JSON.stringify(groups) !== JSON.stringify(this.#groups)) {
      this.#groups = groups ?? [];
      this.#changed.fire();
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}

// "2 h ago"; `then` is in seconds since the epoch.
export function ago(then: number, now = Date.now() / 1000): string {
  const seconds = Math.max(0, now - then);
  for (const [size, unit] of [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
  ] as const) {
    if (seconds >= size) {
      return `${Math.floor(seconds / size)} ${unit} ago`;
    }
  }
  return "just now";
}
