// Measures the pages that come on standard input, one after the other in one Chromium, and prints one line of JSON each.
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const { chromium, preset, pages } = JSON.parse(await new Response(process.stdin).text());
const chrome = await launch({
  chromePath: chromium,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  logLevel: "error",
});
try {
  for (const { name, url, cookie } of pages) {
    const flags = {
      port: chrome.port,
      logLevel: "error",
      onlyCategories: ["performance", "accessibility"],
      extraHeaders: cookie ? { Cookie: cookie } : {},
    };
    const { lhr } = await lighthouse(url, flags, preset === "desktop" ? desktopConfig : undefined);
    const value = (audit) => Math.round(lhr.audits[audit].numericValue);
    const score = (category) => Math.round(lhr.categories[category].score * 100);
    const failed = lhr.categories.accessibility.auditRefs
      .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
      .map(({ id }) => id);
    console.log(JSON.stringify({
      name,
      status: lhr.runtimeError?.code ?? "",
      performance: score("performance"),
      accessibility: score("accessibility"),
      first: value("first-contentful-paint"),
      largest: value("largest-contentful-paint"),
      blocked: value("total-blocking-time"),
      moved: lhr.audits["cumulative-layout-shift"].numericValue,
      weight: value("total-byte-weight"),
      failed,
    }));
  }
} finally {
  chrome.kill();
}
