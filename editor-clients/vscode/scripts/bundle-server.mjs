// Puts the server's wheel and its constraints into server/, so that the extension installs exactly these.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const extension = fileURLToPath(new URL("..", import.meta.url));
const checkout = join(extension, "..", "..");
const target = join(extension, "server");
const python = process.env.PYTHON ?? pythonOfCheckout() ?? "python3";

rmSync(target, { recursive: true, force: true });
mkdirSync(target);
execFileSync(python, ["-m", "build", "--no-isolation", "--wheel", "--outdir", target, checkout], {
  stdio: ["ignore", "ignore", "inherit"],
});
const constraints = join(checkout, "constraints.txt");
if (!existsSync(constraints)) {
  throw new Error(
    "constraints.txt is missing at the top of the checkout: the extension installs nothing that is not pinned",
  );
}
copyFileSync(constraints, join(target, "constraints.txt"));
console.log(`bundled ${readdirSync(target).join(", ")}`);

function pythonOfCheckout() {
  const path = join(checkout, ".venv", "bin", "python");
  return existsSync(path) ? path : undefined;
}
