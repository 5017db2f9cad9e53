// Opens the workbench in headless Chromium, for the walks. Every wait is for a fact; the limits only end a hopeless one.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.NODE_PATH, "x.js"));
const { chromium } = require("playwright-core");
const PATIENCE = { timeout: 30_000 };

// Runs `walk(page, tools)` and prints the facts it returns as the last line; a picture is taken where it fails.
export async function browse(walk) {
  const options = JSON.parse(process.argv[2]);
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE.timeout);
  // Nothing of this leaves the machine, whatever the workbench would like to fetch.
  await page.route(
    (url) => url.hostname !== "127.0.0.1" && url.protocol.startsWith("http"),
    (route) => route.abort(),
  );
  const tools = new Tools(page, options);
  try {
    const facts = await walk(page, tools, options);
    console.log(JSON.stringify(facts ?? {}));
  } catch (problem) {
    await tools.picture("failed");
    console.error(`at step "${tools.current}": ${problem.stack}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

class Tools {
  current = "start";

  constructor(page, options) {
    this.page = page;
    this.options = options;
  }

  async step(name, act) {
    this.current = name;
    const start = Date.now();
    const result = await act();
    console.log(`${((Date.now() - start) / 1000).toFixed(1)} s  ${name}`);
    return result;
  }

  picture(name) {
    return this.page.screenshot({ path: join(this.options.artefacts, `${name}.png`) });
  }

  async open(...files) {
    const { port, folder } = this.options;
    const payload = files.map((file) => ["openFile", `vscode-remote://127.0.0.1:${port}${folder}/${file}`]);
    const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
    await this.page.goto(`http://127.0.0.1:${port}/?${query}`);
    await this.page.locator(".monaco-workbench").waitFor();
    if (files.length > 0) {
      await this.page.locator(".monaco-editor .view-line").first().waitFor();
    }
  }

  async command(title) {
    await this.page.keyboard.press("F1");
    const box = this.page.locator(".quick-input-widget input");
    await box.fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }
}
