// One request to the API. A session that ended is renewed in place; a busy server is asked again.
import { word } from "./words.js";

/** No answer came: whether anything was done is not known. */
export class Unreachable extends Error {}

const PATIENCE = 30_000;
const BUSY_TRIES = 3;

async function attempt(method, url, { body, etag, key, keepalive = false }) {
  const headers = { Accept: "application/json", "X-Requested-With": "amparo" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (etag) headers["If-Match"] = etag;
  if (key) headers["Idempotency-Key"] = key;
  try {
    const response = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      keepalive,
      signal: AbortSignal.timeout(PATIENCE),
    });
    const isJson = /json/.test(response.headers.get("Content-Type") ?? "");
    const data = isJson ? await response.json() : {};
    return { ok: response.ok, status: response.status, data, headers: response.headers, etag: response.headers.get("ETag") };
  } catch {
    throw new Unreachable();
  }
}

/** Send JSON and give `{ok, status, data, etag}`. Throws Unreachable. `anonymous`: a 401 is an answer like any other. */
export async function send(method, url, options = {}) {
  for (let busy = 0; ; ) {
    const answer = await attempt(method, url, options);
    if (answer.status === 401 && !options.anonymous) {
      if (await signInAgain()) continue;
      return { ...answer, data: { ...answer.data, detail: word("signed_out") } };
    }
    if (answer.status !== 503 || ++busy >= BUSY_TRIES) return answer;
    const wait = Math.min(Number(answer.headers.get("Retry-After")) || 1, 5);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

let asking;

/** Open the dialog (once, whoever asks) and answer whether the person signed in. */
function signInAgain() {
  asking ??= ask().finally(() => { asking = undefined; });
  return asking;
}

function ask() {
  const dialog = document.getElementById("sign-in-again");
  if (!dialog) return Promise.resolve(false);
  const form = dialog.querySelector("form");
  const [email, password] = form.querySelectorAll("input");
  const trouble = form.querySelector("[data-trouble]");
  const tell = (text) => { trouble.textContent = text; trouble.hidden = !text; };
  const before = document.activeElement;
  let signedIn = false;
  let busy = false;
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    tell("");
    try {
      const answer = await attempt("post", "/api/v1/session", { body: { email: email.value, password: password.value } });
      signedIn = answer.ok;
      if (signedIn) dialog.close();
      else { tell(answer.data.detail ?? word("trouble")); password.select(); }
    } catch {
      tell(word("unreachable"));
    }
    busy = false;
  };
  form.querySelector("[data-close]").onclick = () => dialog.close();
  tell("");
  dialog.showModal();
  (email.value ? password : email).focus();
  return new Promise((resolve) => {
    dialog.onclose = () => { password.value = ""; before?.focus?.(); resolve(signedIn); };
  });
}
