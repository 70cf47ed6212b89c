// What is asked in place, so that nothing typed is lost: to sign in again, and to confirm that it is you.
import { Unreachable, attempt } from "./attempt.js";
import { able, use } from "./passkey.js";
import { word } from "./words.js";

const asking = {};

/** Open a dialog once, whoever asks, and answer whether the person did what it asks for. */
function once(id, address) {
  asking[id] ??= ask(document.getElementById(id), address).finally(() => { delete asking[id]; });
  return asking[id];
}

export const signInAgain = () => once("sign-in-again", "/api/v1/session");
export const confirmItIsYou = () => once("confirm-you", "/api/v1/session/proof");

const said = ({ detail, errors }) => errors?.[0]?.message ?? detail ?? word("trouble");

/** The fields of the dialog as a body; blank ones are left out. */
const body = (fields) => Object.fromEntries(fields.filter(({ value }) => value).map(({ name, value }) => [name, value]));

/** A passkey's answer to the question that stands at an address, sent where a button says. */
async function byPasskey({ dataset }) {
  const asked = await attempt("post", dataset.challenge);
  if (!asked.ok) return asked;
  const credential = await use(asked.data);
  return credential ? attempt("post", dataset.passkey, { body: { credential } }) : { ok: false, data: { detail: word("no_passkey") } };
}

function ask(dialog, address) {
  if (!dialog) return Promise.resolve(false);
  const form = dialog.querySelector("form");
  const fields = [...form.querySelectorAll("input")];
  const code = form.querySelector("[data-code]");
  const trouble = form.querySelector("[data-trouble]");
  const tell = (text) => { trouble.textContent = text; trouble.hidden = !text; };
  const before = document.activeElement;
  let done = false;
  let busy = false;

  function answered({ ok, data }) {
    done = ok;
    if (ok) return dialog.close();
    if (data.code === "sign_in.code_needed") code.hidden = false;
    tell(said(data));
    (code.hidden ? fields.find(({ type }) => type === "password") : code.querySelector("input")).select();
  }

  async function prove(send) {
    if (busy) return;
    busy = true;
    tell("");
    try {
      answered(await send());
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      tell(word("unreachable"));
    } finally {
      busy = false;
    }
  }

  form.onsubmit = (event) => { event.preventDefault(); prove(() => attempt("post", address, { body: body(fields) })); };
  const passkey = form.querySelector("[data-passkey]");
  passkey.hidden = !able();
  passkey.onclick = () => prove(() => byPasskey(passkey));
  form.querySelector("[data-close]").onclick = () => dialog.close();
  // Where somebody confirmed elsewhere, what they do is tried again: it asks once more when nobody did.
  const elsewhere = form.querySelector("[data-confirmed]");
  if (elsewhere) elsewhere.onclick = () => { done = true; dialog.close(); };
  tell("");
  dialog.showModal();
  fields.find(({ value, readOnly }) => !value && !readOnly)?.focus();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      for (const field of fields) if (!field.readOnly) field.value = "";
      code.hidden = true;
      before?.focus?.();
      resolve(done);
    };
  });
}
