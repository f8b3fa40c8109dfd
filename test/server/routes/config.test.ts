import { expect, test } from "vitest";
import { sampleApp } from "../sample-readers.ts";

test("shows the running configuration as text that no browser interprets", async () => {
  const { app } = await sampleApp();
  const response = await app.inject("/config");
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(response.headers["x-content-type-options"]).toBe("nosniff");
  expect(response.body).toBe("cluster: mail1\npassword: <secret>\n");
});
