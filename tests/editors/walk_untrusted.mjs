// A workspace that the user did not trust: its crashes are shown all the same.
import { browse } from "./browser.mjs";

await browse(async (page, tools, { log }) => {
  await tools.step("open the log", () => tools.open(log));
  await tools.step("the workspace is restricted", () =>
    page.locator(".statusbar-item", { hasText: "Restricted Mode" }).first().waitFor(),
  );
  await tools.step("the crash is shown", () => page.locator(".squiggly-error").first().waitFor());
});
