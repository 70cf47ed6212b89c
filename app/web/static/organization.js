// An organization's sign-in: coming back from it, and asking whether it answers.
import { follow, show, wait } from "./form.js";
import { Unreachable, send } from "./send.js";
import { word } from "./words.js";

/** Ask the API and show what it refuses; its answer, or undefined. */
async function ask(form, address, body, anonymous) {
  if (form.hasAttribute("data-busy")) return undefined;
  wait(form, true);
  let problem = { detail: word("unreachable") };
  try {
    const answer = await send("post", address, { body, anonymous });
    if (answer.ok) return answer.data;
    problem = answer.data;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  wait(form, false);
  show(form, problem);
  return undefined;
}

/** What the provider put into the address goes to the API and out of the address; its own words are shown nowhere. */
async function comeBack(form) {
  const said = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname);
  const body = Object.fromEntries(["state", "code", "iss"].filter((name) => said.get(name)).map((name) => [name, said.get(name)]));
  const answer = await ask(form, "/api/v1/session/federated/return", body, true);
  if (answer) return follow(answer);
  form.querySelector("[data-waiting]").hidden = true;
  form.querySelector("[data-again]").hidden = false;
  return undefined;
}

for (const form of document.querySelectorAll("form[data-return]")) comeBack(form);

for (const form of document.querySelectorAll("form[data-check]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await ask(form, form.dataset.check, undefined, false);
    wait(form, false);
    if (!answer) return;
    form.querySelector("[data-fine]").hidden = !answer.fine;
    form.querySelector("[data-not-fine]").hidden = answer.fine;
    form.querySelector("[data-reason]").textContent = answer.reason ?? "";
  });
}
