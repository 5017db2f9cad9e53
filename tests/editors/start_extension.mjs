// Opens a log, so that the extension starts its server; what it says then is recorded by that server.
import { existsSync } from "node:fs";
import { browse } from "./browser.mjs";

await browse(async (page, tools, { recording }) => {
  await tools.step("open a log", () => tools.open("app.log"));
  await tools.step("the server was started", async () => {
    while (!existsSync(recording)) {
      await page.waitForTimeout(50);
    }
  });
});
