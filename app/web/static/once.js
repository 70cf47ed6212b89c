// Forms whose answer is shown here once, to be copied, and goes nowhere else.
import { Unreachable, send } from "./send.js";
import { collect, confirmed, show, wait } from "./form.js";
import { word } from "./words.js";

/**
 * Lets every form with the attribute `data-<name>` ask its address, and shows the answer in `panel`.
 *
 * `copied` is the field to copy from; `fill(data)` puts the answer into the panel and says whether there was one.
 * `repeated()` is called when there was none: a repetition after a lost answer has no secret any more.
 */
export function shownOnce(name, panel, copied, { fill, repeated }) {
  async function ask(form, key) {
    if (form.hasAttribute("data-busy") || (form.dataset.confirm && !(await confirmed(form)))) return;
    wait(form, true);
    let problem = { detail: word("unreachable") };
    try {
      const answer = await send("post", form.dataset[name], { body: collect(form), key });
      if (answer.ok && !fill(answer.data)) return repeated();
      wait(form, false);
      if (answer.ok) {
        form.hidden = form.hasAttribute("data-once");
        panel.hidden = false;
        return panel.focus();
      }
      problem = answer.data;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    wait(form, false);
    show(form, problem);
  }

  for (const form of document.querySelectorAll(`form[data-${name}]`)) {
    // One key for one intent, also when it is sent again after a lost answer; what is typed anew is a new intent.
    let key = crypto.randomUUID();
    form.addEventListener("input", () => { key = crypto.randomUUID(); });
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(form, key); });
  }

  panel.querySelector("[data-copy]").addEventListener("click", async ({ currentTarget }) => {
    copied.select();
    await navigator.clipboard.writeText(copied.value).catch(() => {});
    currentTarget.textContent = currentTarget.dataset.copied;
  });
}
