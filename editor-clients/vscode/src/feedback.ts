// Asks what only a person can say: why an explanation was not good, or a comment.
import * as vscode from "vscode";
import type { Server } from "./server";

export interface Opinion {
  readonly kind: "thumbs_up" | "thumbs_down" | "comment";
  readonly fingerprint: string;
  readonly fix?: string;
  readonly reason?: string;
  readonly text?: string;
}

const REASONS: readonly (vscode.QuickPickItem & { readonly reason: string })[] = [
  { label: "The cause is wrong", reason: "wrong-cause" },
  { label: "The line is wrong", reason: "wrong-line" },
  { label: "The fix does not work", reason: "bad-fix" },
  { label: "It says nothing new", reason: "not-helpful" },
  { label: "This is no crash", reason: "no-crash" },
];

// The vote is sent when the question closes, answered or not.
export async function withReason(opinion: Opinion): Promise<Opinion> {
  if (opinion.kind !== "thumbs_down" || opinion.reason !== undefined) {
    return opinion;
  }
  const chosen = await vscode.window.showQuickPick(REASONS, {
    title: "What was not good?",
    placeHolder: "Escape sends 👎 without a reason",
  });
  return chosen === undefined ? opinion : { ...opinion, reason: chosen.reason };
}

export async function comment(server: Server, fingerprint: string): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: "What should Crashlight know about this crash?",
    prompt: "It stays on this machine.",
  });
  if (text !== undefined && text.trim() !== "") {
    await server.execute("crashlight.feedback", { kind: "comment", fingerprint, text } satisfies Opinion);
  }
}
