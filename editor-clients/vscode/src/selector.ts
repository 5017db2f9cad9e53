// Which documents the server sees: logs, unsaved text, and the languages that stack traces point into.
import * as vscode from "vscode";
import { TERMINAL_SCHEME } from "./terminal";

// Our own language, for what VS Code does not know as a log.
export const LOG_LANGUAGE = "crashlight-log";
const LOG_LANGUAGES = ["log", LOG_LANGUAGE];
const SOURCE_LANGUAGES = [
  "python",
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "java",
  "kotlin",
  "scala",
  "go",
  "rust",
  "c",
  "cpp",
  "csharp",
  "ruby",
  "php",
  "elixir",
];

interface Filter {
  readonly scheme: string;
  readonly language?: string;
  readonly pattern?: string;
}

export function selector(): Filter[] {
  const sources = SOURCE_LANGUAGES.map((language) => ({ scheme: "file", language }));
  // Unsaved text is plain text until somebody says otherwise, so a pasted trace may stand in any of it.
  return [...logs(), { scheme: "untitled", language: "plaintext" }, ...sources];
}

export function isLog(document: vscode.TextDocument): boolean {
  return vscode.languages.match(logs(), document) > 0;
}

function logs(): Filter[] {
  const schemes = ["file", "untitled", TERMINAL_SCHEME];
  const globs = vscode.workspace.getConfiguration("crashlight").get<string[]>("logs.globs", []);
  return [
    ...LOG_LANGUAGES.flatMap((language) => schemes.map((scheme) => ({ scheme, language }))),
    ...globs.map((pattern) => ({ scheme: "file", pattern })),
  ];
}
