// Forms whose answer is a secret: it is shown here once, to be copied, and goes nowhere else.
import { Unreachable, send } from "./send.js";
import { collect, show, wait } from "./form.js";
import { word } from "./words.js";

const shown = document.getElementById("new-secret");
const [id, value] = shown.querySelectorAll("input");

function give(form, data) {
  id.value = data.secret ? data.id : "";
  id.closest("[data-of]").hidden = !data.secret;
  value.value = data.secret ?? data.token;
  form.hidden = form.hasAttribute("data-once");
  shown.hidden = false;
  shown.focus();
}

async function ask(form, key) {
  if (form.hasAttribute("data-busy")) return;
  wait(form, true);
  let problem = { detail: word("unreachable") };
  try {
    const answer = await send("post", form.dataset.secret, { body: collect(form), key });
    // A repetition after a lost answer has no secret any more: the list shows what was made, and can make another.
    if (answer.ok && !answer.data.secret && !answer.data.token) return location.reload();
    wait(form, false);
    if (answer.ok) return give(form, answer.data);
    problem = answer.data;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  wait(form, false);
  show(form, problem);
}

for (const form of document.querySelectorAll("form[data-secret]")) {
  // One key for one intent, also when it is sent again after a lost answer; what is typed anew is a new intent.
  let key = crypto.randomUUID();
  form.addEventListener("input", () => { key = crypto.randomUUID(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(form, key); });
}

shown.querySelector("[data-copy]").addEventListener("click", async ({ currentTarget }) => {
  value.select();
  await navigator.clipboard.writeText(value.value).catch(() => {});
  currentTarget.textContent = currentTarget.dataset.copied;
});
