// What a person does with the mouse: opens a log, looks, reads, takes the fix, says that it was good.
import { readFileSync } from "node:fs";
import { browse } from "./browser.mjs";

await browse(async (page, tools, { log, source, wrong, right, offer }) => {
  await tools.step("open the log", () => tools.open(log));
  // Lenses insert a line above the crash: what comes after would be pointed at where it no longer is.
  const lens = (text) => page.locator(".codelens-decoration a", { hasText: text });
  await tools.step("the lenses show", () => lens("👍").waitFor());
  const squiggle = page.locator(".squiggly-error").first();
  await tools.step("the squiggle shows", () => squiggle.waitFor());
  await tools.picture("1-squiggle");

  const hover = page.locator(".monaco-hover:visible", { hasText: "What to do" });
  const box = await squiggle.boundingBox();
  const [x, y] = [box.x + 60, box.y + box.height / 2];
  await tools.step("the hover explains", async () => {
    await page.mouse.move(x, y, { steps: 5 });
    await hover.first().waitFor();
  });
  const explanation = await hover.first().innerText();
  await tools.picture("2-hover");

  const action = page.locator(".action-widget .monaco-list-row", { hasText: offer }).first();
  await tools.step("the light bulb offers the fix", async () => {
    await page.keyboard.press("Escape");
    await page.mouse.click(x, y);
    await page.locator("[class*=lightbulb]:visible").first().click();
    await action.waitFor();
  });
  const offered = await action.innerText();
  await tools.picture("3-fix");
  await tools.step("the fix is taken with the mouse", async () => {
    // The menu ignores the mouse until it moves, so that the click that opened it cannot choose.
    const row = await action.boundingBox();
    await page.mouse.move(row.x + 40, row.y + row.height / 2, { steps: 5 });
    await action.click();
    await action.waitFor({ state: "hidden" });
  });

  await tools.step("👍 goes up", async () => {
    await lens("👍").click();
    await lens("👍 1").waitFor();
  });
  await tools.picture("4-lens");

  await tools.step("the source is saved with the fix", async () => {
    await tools.command("File: Save All Files");
    const path = `${tools.options.folder}/${source}`;
    while (!readFileSync(path, "utf8").includes(right) || readFileSync(path, "utf8").includes(wrong)) {
      await page.waitForTimeout(50);
    }
  });
  return { explanation, offered };
});
