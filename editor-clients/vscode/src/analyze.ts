// Traces that stand in no file: the clipboard, a selection. They become an unsaved log, which the server reads as any other.
import * as vscode from "vscode";
import { LOG_LANGUAGE } from "./selector";

export async function analyzeClipboard(): Promise<void> {
  await analyze(await vscode.env.clipboard.readText(), "The clipboard holds no text.");
}

export async function analyzeSelection(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  await analyze(editor?.document.getText(editor.selection) ?? "", "Select the text of a crash first.");
}

async function analyze(content: string, whenEmpty: string): Promise<void> {
  if (content.trim() === "") {
    void vscode.window.showInformationMessage(whenEmpty);
    return;
  }
  const document = await vscode.workspace.openTextDocument({ language: LOG_LANGUAGE, content });
  await vscode.window.showTextDocument(document, { preview: false });
}
