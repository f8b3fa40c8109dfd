import { expect, test } from "vitest";
import { markup } from "../../../src/server/status-page/markup.ts";

test("escapes what is put in, in text and in attributes", () => {
  const hostile = `<script>alert("1")</script>' onload='x&`;
  expect(String(markup`<p title="${hostile}">${hostile}</p>`)).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x&amp;">' +
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=&#39;x&amp;</p>",
  );
});

test("takes markup, lists of it, numbers and nothing", () => {
  const items = [markup`<li>${1}</li>`, markup`<li>${"<"}</li>`];
  expect(String(markup`<ul>${items}</ul>${null}`)).toBe("<ul><li>1</li><li>&lt;</li></ul>");
});
