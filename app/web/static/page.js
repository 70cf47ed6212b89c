// What every page does: forms, the language switch, the menu on narrow screens, and the account panel.
import { enhance } from "./form.js";
import { send } from "./send.js";
import { word } from "./words.js";

document.querySelectorAll("form[data-api]").forEach(enhance);

const menu = document.querySelector(".menu-button");
menu?.addEventListener("click", () => {
  const open = menu.getAttribute("aria-expanded") !== "true";
  menu.setAttribute("aria-expanded", String(open));
});

const account = document.querySelector(".account");
document.addEventListener("click", ({ target }) => { if (account && !account.contains(target)) account.open = false; });
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !account?.open) return;
  account.open = false;
  account.querySelector("summary").focus();
});

async function speak(language) {
  if (account) await send("patch", "/api/v1/session", { body: { language } });
  else document.cookie = `lang=${language}; Path=/; SameSite=Lax; Max-Age=31536000`;
  // A page that holds unsaved words asks before it goes (draft.js); the page then stays as it was.
  location.reload();
}
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => { if (!button.hasAttribute("aria-current")) speak(button.dataset.language).catch(() => {}); });
}

// The reader's look: kept in a cookie that says nothing about the person, so that the server writes it into the next page.
const root = document.documentElement;
function dress(theme) {
  document.cookie = `theme=${theme}; Path=/; SameSite=Lax; Max-Age=${theme ? 31536000 : 0}`;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  document.querySelector('meta[name="color-scheme"]').content = theme || "light dark";
  for (const each of document.querySelectorAll("[data-theme-choice]")) each.setAttribute("aria-pressed", String(each.dataset.themeChoice === theme));
}
for (const button of document.querySelectorAll("[data-theme-choice]")) button.addEventListener("click", () => dress(button.dataset.themeChoice));

// A page that is long in coming is told after a second; a file that is loaded leaves this page as it is.
const progress = document.querySelector(".progress");
let coming;
const tell = (text) => { clearTimeout(coming); progress.textContent = text; };
function leaving(event, address) {
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;
  if (event.defaultPrevented || elsewhere || !address || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/api/") || (address.hash && address.pathname === location.pathname)) return;
  clearTimeout(coming);
  coming = setTimeout(() => tell(word("loading")), 1000);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && !link.download && !link.target) leaving(event, new URL(link.href));
});
document.addEventListener("submit", (event) => {
  if (event.target.method === "get") leaving(event, new URL(event.target.action, location.href));
});
addEventListener("pageshow", () => tell(""));
