// Ways to sign in: passkeys made and used, codes shown once, beginning anew.
import { Unreachable, send } from "./send.js";
import { collect, ofThisSite, show, wait } from "./form.js";
import { make, word } from "./words.js";
import { able, create, use } from "./passkey.js";

for (const part of document.querySelectorAll("[data-with-passkeys]")) part.hidden = !able();

const NO_PASSKEY = { get detail() { return word(able() ? "no_passkey" : "no_passkeys"); } };

/** Do what a form is for: `act` gives an answer, or a problem to be shown; what it gives last says where to go. */
async function during(form, act) {
  if (form.hasAttribute("data-busy")) return;
  wait(form, true);
  let problem = { detail: word("unreachable") };
  try {
    const answer = await act();
    if (answer.ok) return answer;
    problem = answer.data ?? answer;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  wait(form, false);
  show(form, problem);
}

const goTo = (answer, form) => { if (answer) location.assign(ofThisSite(form.dataset.next)); };

async function enrol(form) {
  const secret = location.hash.slice(1);
  const invited = form.dataset.passkeyNew.includes("/invitation/") ? { secret } : undefined;
  const anonymous = invited !== undefined;
  const asked = await send("post", form.dataset.challenge, { body: invited, anonymous });
  if (!asked.ok) return asked;
  const credential = await create(asked.data);
  if (!credential) return NO_PASSKEY;
  return send("post", form.dataset.passkeyNew, { body: { ...invited, ...collect(form), credential }, anonymous });
}

const PLACES = {
  in: ["/api/v1/session/passkey/challenge", "/api/v1/session/passkey"],
  proof: ["/api/v1/session/proof/challenge", "/api/v1/session/proof/passkey"],
};

async function signIn(form) {
  const [challenge, place] = PLACES[form.dataset.passkeyUse];
  const asked = await send("post", challenge, { anonymous: true });
  if (!asked.ok) return asked;
  const credential = await use(asked.data);
  return credential ? send("post", place, { body: { credential }, anonymous: true }) : NO_PASSKEY;
}

/** Show what is shown once, and nothing else of the page on paper. */
function reveal(box, { codes, half }) {
  const list = (codes ?? [half]).map((each) => make("li", { translate: "no" }, make("code", {}, each)));
  box.querySelector("[data-list]").replaceChildren(...list);
  box.hidden = false;
  box.focus();
}

function on(selector, act, then = goTo) {
  for (const form of document.querySelectorAll(selector)) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      then(await during(form, () => act(form)), form);
    });
  }
}

on("form[data-passkey-new]", enrol);
on("form[data-passkey-use]", signIn);
on("form[data-recover]", (form) => send("post", form.dataset.recover, { body: collect(form), anonymous: true }), (answer) => {
  if (answer) location.assign(answer.data.link);
});
on("form[data-secret]", (form) => send("post", form.dataset.secret, { body: collect(form) }), (answer, form) => {
  if (!answer) return;
  wait(form, false);
  reveal(document.getElementById(form.dataset.in), answer.data);
});

for (const box of document.querySelectorAll(".codes")) {
  box.querySelector("[data-print]").addEventListener("click", () => print());
  box.querySelector("[data-done]").addEventListener("click", () => location.reload());
}
