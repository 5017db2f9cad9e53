// Day one: nothing is set up, one log is opened. Counts the seconds until its crash is explained.
import { browse } from "./browser.mjs";

await browse(async (page, tools, { log }) => {
  page.setDefaultTimeout(280_000); // A slow network is no failure of ours.
  const started = Date.now();
  await tools.step("open the log", () => tools.open(log));
  await tools.step("setting up shows its progress", () =>
    page.locator(".notification-toast, .notifications-center", { hasText: "Crashlight: setting up" }).first().waitFor(),
  );
  await tools.picture("install-1-progress");
  await tools.step("the crash is marked", () => page.locator(".squiggly-error").first().waitFor());
  const seconds = (Date.now() - started) / 1000;
  await tools.step("the model is offered", () =>
    page.locator(".notification-toast", { hasText: "1.1 GB" }).first().waitFor(),
  );
  await tools.picture("install-2-explained");
  await page.locator(".notification-toast a.monaco-button", { hasText: "Not Now" }).first().click();
  return { seconds };
});
