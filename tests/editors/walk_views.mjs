// The crash explorer, the details view, the status menu, a pasted trace, and a restart.
import { readdirSync, readFileSync } from "node:fs";
import { browse } from "./browser.mjs";

await browse(async (page, tools, { log, headline, server }) => {
  await tools.step("open the log", () => tools.open(log));
  await page.locator(".squiggly-error").first().waitFor();

  const row = page.locator(".pane-body .monaco-list-row", { hasText: headline });
  await tools.step("the tree shows the crash", async () => {
    await page
      .locator(".activitybar .action-item", { has: page.locator("[aria-label^=Crashlight]") })
      .first()
      .click();
    await row.first().waitFor();
  });
  await tools.picture("5-tree");

  const details = page.frameLocator("iframe.webview").last().frameLocator("#active-frame");
  await tools.step("the details open", async () => {
    await row.first().click();
    await details.locator("h1", { hasText: headline }).waitFor();
  });
  const shown = await details.locator("main").innerText();
  await tools.picture("6-details");
  await tools.step("👍 in the details counts", async () => {
    await details.locator("button", { hasText: "👍" }).click();
    await details.locator("button", { hasText: "👍 1" }).waitFor();
  });

  await tools.step("without a model, one is offered in place of a closer look", async () => {
    await details.locator("button", { hasText: "Explain deeper" }).click();
    await page.locator(".notification-toast a.monaco-button", { hasText: "Set Up the Model" }).first().waitFor();
  });
  await tools.step("a trace from the clipboard is explained", async () => {
    const trace = readFileSync(`${tools.options.folder}/${log}`, "utf8");
    await page.evaluate((text) => navigator.clipboard.writeText(text), trace);
    await tools.command("Crashlight: Analyze Clipboard");
    await page.locator(".tab.active", { hasText: "Untitled" }).waitFor();
    await page.locator(".editor-instance .squiggly-error, .editor-instance .squiggly-warning").first().waitFor();
  });
  await tools.picture("7-clipboard");

  await tools.step("the status menu opens", async () => {
    await page.locator(".statusbar-item", { hasText: "Crashlight" }).first().click();
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart server" }).waitFor();
  });
  await tools.picture("8-menu");
  await tools.step("the server starts again", async () => {
    const [before] = processesWith(server);
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Restart server" }).click();
    while (processesWith(server).length !== 1 || processesWith(server)[0] === before) {
      await page.waitForTimeout(50);
    }
    await row.first().waitFor();
    // By now the database knows the crash, so it is a warning.
    await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
  });
  return { shown };
});

// The processes whose command line holds `text`.
function processesWith(text) {
  const commandLine = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      return "";
    }
  };
  return readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid) && commandLine(name).includes(text),
  );
}
