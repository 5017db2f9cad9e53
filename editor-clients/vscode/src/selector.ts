// Which documents the server sees: logs, unsaved text, and the languages that stack traces point into.
import * as vscode from "vscode";

const LOG_LANGUAGES = ["log", "crash-log"];
const LOG_PATTERN = "**/*.{log,out,err,crash,ips,trace}";
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
  readonly scheme: "file" | "untitled";
  readonly language?: string;
  readonly pattern?: string;
}

export const LOGS: readonly Filter[] = [
  ...LOG_LANGUAGES.flatMap((language) => [
    { scheme: "file", language } as const,
    { scheme: "untitled", language } as const,
  ]),
  { scheme: "file", pattern: LOG_PATTERN },
  // A pasted trace stands in an unsaved document, which is plain text until somebody says otherwise.
  { scheme: "untitled", language: "plaintext" },
];

export const SELECTOR: readonly Filter[] = [
  ...LOGS,
  ...SOURCE_LANGUAGES.map((language) => ({ scheme: "file", language }) as const),
];

export function isLog(document: vscode.TextDocument): boolean {
  return vscode.languages.match(LOGS, document) > 0;
}
