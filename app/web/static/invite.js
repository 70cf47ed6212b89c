// Forms whose answer is a link for somebody else: it is shown here once, to be copied, and goes nowhere else.
import { Unreachable, send } from "./send.js";
import { collect, show, wait } from "./form.js";
import { word } from "./words.js";

const shown = document.getElementById("new-link");
const address = shown.querySelector("input");

function give(link) {
  address.value = new URL(link, location.origin).href;
  shown.hidden = false;
  shown.focus();
}

async function ask(form, key) {
  if (form.hasAttribute("data-busy")) return;
  wait(form, true);
  let problem = { detail: word("unreachable") };
  try {
    const answer = await send("post", form.dataset.link, { body: collect(form), key });
    // A repetition after a lost answer has no link any more: the list of people can make a new one.
    if (answer.ok && !answer.data.link) return location.assign("/staff");
    if (answer.ok) {
      form.hidden = form.hasAttribute("data-once");
      wait(form, false);
      return give(answer.data.link);
    }
    problem = answer.data;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  wait(form, false);
  show(form, problem);
}

for (const form of document.querySelectorAll("form[data-link]")) {
  // One key for one intent, also when it is sent again after a lost answer; what is typed anew is a new intent.
  let key = crypto.randomUUID();
  form.addEventListener("input", () => { key = crypto.randomUUID(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(form, key); });
}

shown.querySelector("[data-copy]").addEventListener("click", async ({ currentTarget }) => {
  address.select();
  await navigator.clipboard.writeText(address.value).catch(() => {});
  currentTarget.textContent = currentTarget.dataset.copied;
});
