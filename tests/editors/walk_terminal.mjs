// A command that crashes in the integrated terminal: it is told of, and its output is explained as a log.
import { browse } from "./browser.mjs";

await browse(async (page, tools, { log, command, headline }) => {
  await tools.step("open the log", () => tools.open(log));
  await page.locator(".squiggly-error, .squiggly-warning").first().waitFor();
  await tools.step("a terminal opens", async () => {
    await tools.command("Terminal: Create New Terminal");
    await page
      .locator(".terminal-wrapper.active .xterm-rows, .terminal-wrapper.active .xterm-screen")
      .first()
      .waitFor();
  });
  const toast = page.locator(".notification-toast", { hasText: headline });
  await tools.step("a crashing command is told of", async () => {
    await page.locator(".terminal-wrapper.active textarea").focus();
    await page.keyboard.type(`${command}\n`);
    await toast.first().waitFor();
  });
  await tools.picture("9-terminal");
  await tools.step("its output is explained", async () => {
    await toast.locator("a.monaco-button", { hasText: "Explain" }).click();
    await page.locator(".tab.active", { hasText: "python" }).waitFor();
    await page.locator(".editor-instance .codelens-decoration a", { hasText: "👍" }).first().waitFor();
  });
  await tools.picture("10-terminal-log");
  return { title: await page.locator(".tab.active").innerText() };
});
