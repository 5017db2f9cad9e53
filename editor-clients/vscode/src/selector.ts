// Which documents the server sees: logs, unsaved text, and the languages that stack traces point into.
import * as vscode from "vscode";
import { TERMINAL_SCHEME } from "./terminal";

// Our own language, for what VS Code does not know as a log.
export const LOG_LANGUAGE = "crashlight-log";
const LOG_LANGUAGES = ["log", LOG_LANGUAGE];
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
  readonly scheme: string;
  readonly language?: string;
  readonly pattern?: string;
}

export const LOGS: readonly Filter[] = [
  ...LOG_LANGUAGES.flatMap((language) => ["file", "untitled", TERMINAL_SCHEME].map((scheme) => ({ scheme, language }))),
  { scheme: "file", pattern: LOG_PATTERN },
  // A pasted trace stands in an unsaved document, which is plain text until somebody says otherwise.
  { scheme: "untitled", language: "plaintext" },
];

export const SELECTOR: readonly Filter[] = [
  ...LOGS,
  ...SOURCE_LANGUAGES.map((language) => ({ scheme: "file", language })),
];

export function isLog(document: vscode.TextDocument): boolean {
  return vscode.languages.match(LOGS, document) > 0;
}
