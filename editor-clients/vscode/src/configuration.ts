// The settings that somebody really made. VS Code mixes defaults into what it hands out, and a default of the
// editor must not hide what the workspace's crashlight.toml says.
import * as vscode from "vscode";

const CLIENT_ONLY = new Set(["server", "terminal", "trace"]);

type Section = Record<string, unknown>;

export function explicitSettings(scope: vscode.ConfigurationScope | undefined, names: readonly string[]): Section {
  const configuration = vscode.workspace.getConfiguration("crashlight", scope ?? null);
  const settings: Record<string, Section> = {};
  for (const name of names) {
    const [section, key] = name.split(".", 2);
    if (section === undefined || key === undefined || CLIENT_ONLY.has(section)) {
      continue;
    }
    const found = configuration.inspect(name);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (value !== undefined) {
      (settings[section] ??= {})[key] = value;
    }
  }
  return settings;
}

// The names that package.json declares, without the leading "crashlight.".
export function declaredNames(extension: vscode.Extension<unknown>): string[] {
  const properties: object = extension.packageJSON.contributes.configuration.properties;
  return Object.keys(properties).map((name) => name.slice("crashlight.".length));
}
