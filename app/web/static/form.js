// Forms that send JSON: <form data-api="/api/v1/…" data-method="post|patch|put|delete">.
// With data-follow the answer says where to go (go_to), else data-next does.
// A field's name is the JSON pointer of its value. Nothing typed is cleared before the API said yes.
import { Unreachable, send } from "./send.js";
import { language, make, word } from "./words.js";

const FIELDS = '[name^="/"],[data-day],[data-instead]';
const keys = new WeakMap();

/** "$1,250.5" is written "1250.50"; what is no amount ("1,25") goes as it is, for the API to refuse with its reason. */
function amount(text) {
  const plain = text.replace(/\s|US(?=\$)|\$|USD$/gi, "");
  if (!/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d{0,2})?$/.test(plain)) return text;
  const [whole, cents] = plain.replaceAll(",", "").split(".");
  return cents ? `${whole}.${cents.padEnd(2, "0")}` : whole;
}

function typed(control) {
  const text = control.value.trim();
  if (text === "") return "";
  if (control.dataset.type === "integer") return /^\d+$/.test(text) ? Number(text) : text;
  if (control.dataset.type === "boolean") return text === "true";
  return control.dataset.type === "money" ? amount(text) : text;
}

function day(fieldset) {
  const [year, month, date] = ["year", "month", "day"].map((part) => fieldset.querySelector(`[data-part="${part}"]`));
  if (year.disabled) return undefined;
  if (!year.value && !month.value && !date.value) return "";
  const number = date.value.trim();
  return `${year.value.trim()}-${month.value}-${number && number.padStart(2, "0")}`;
}

/** The value of a field; "" when blank, undefined when it has no say (disabled, not the chosen one). */
function valueOf(field) {
  if (field.dataset.day) return day(field);
  if (field.dataset.instead) return field.value || undefined;
  if (field.disabled) return undefined;
  if (field.type === "radio") return field.checked ? field.value : undefined;
  if (field.type !== "checkbox") return typed(field);
  if (field.dataset.type === "boolean") return field.checked;
  // A consent is given or absent: an empty box is no refusal.
  if (field.dataset.type === "consent") return field.checked || "";
  return field.checked ? field.value : undefined;
}

function put(body, pointer, value) {
  const path = pointer.slice(1).split("/");
  const last = path.pop();
  if (last === "-") {
    const name = path.pop();
    const owner = path.reduce((at, step) => (at[step] ??= {}), body);
    (owner[name] ??= []).push(value);
    return;
  }
  // A number in a pointer is a place in a list.
  path.reduce((at, step, depth) => (at[step] ??= /^\d+$/.test(path[depth + 1] ?? "") ? [] : {}), body)[last] = value;
}

/** The JSON body of a form. Blank fields are left out, or null when `blanks` is true (they may clear a value). */
export function collect(form, blanks = false) {
  const body = {};
  for (const field of form.querySelectorAll(FIELDS)) {
    const value = valueOf(field);
    if (value === undefined || (value === "" && !blanks)) continue;
    put(body, field.name || field.dataset.day || field.dataset.instead, value === "" ? null : value);
  }
  return body;
}

/** "Does not know" and its kin take the place of a value: the value's own fields rest meanwhile. */
export function followInstead(form) {
  form.addEventListener("change", ({ target }) => {
    if (!target.dataset.instead) return;
    const group = target.closest("[data-field]");
    for (const control of group.querySelectorAll("[name],[data-part]")) control.disabled = target.value !== "";
  });
}

/** Where the problem stands in the form: the field itself, else what holds it. */
export function fieldAt(form, pointer) {
  const groups = [...form.querySelectorAll("[data-field]")];
  for (let at = pointer; at; at = at.slice(0, at.lastIndexOf("/"))) {
    const found = groups.find((group) => group.dataset.field === at || group.dataset.field.startsWith(`${at}/`));
    if (found) return found;
  }
  return null;
}

export const controlIn = (group) =>
  group.querySelector("input:checked:not(:disabled)") ?? group.querySelector("input:not(:disabled),select:not(:disabled),textarea");

function mark(group, text) {
  const problem = group.querySelector("[data-problem]");
  problem.replaceChildren(make("span", { class: "usa-sr-only" }, `${word("error")} `), text);
  problem.hidden = false;
  group.classList.add("usa-form-group--error");
  for (const control of group.querySelectorAll("input,select,textarea")) control.setAttribute("aria-invalid", "true");
}

export function unmark(group) {
  const problem = group.querySelector("[data-problem]");
  if (!problem || problem.hidden) return;
  problem.hidden = true;
  group.classList.remove("usa-form-group--error");
  for (const control of group.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

export function clear(form) {
  form.querySelector("[data-summary]").hidden = true;
  form.querySelectorAll(".usa-form-group--error").forEach(unmark);
}

/** What a field is called: its legend or label, without the sign that it is needed. */
const titleOf = (group) => group.querySelector("legend,.usa-label,label").firstChild.textContent.trim();

/** Show a problem document: a summary with links, each sentence at its field. `open` brings a field into view. */
export function show(form, { detail, errors = [] }, open = () => {}, focus = true) {
  clear(form);
  const summary = form.querySelector("[data-summary]");
  const list = summary.querySelector("ul");
  summary.querySelector("h2").textContent = word(errors.length ? "summary" : "refused");
  list.replaceChildren();
  for (const { pointer, code, message } of errors) {
    const group = fieldAt(form, pointer);
    if (!group) { list.append(make("li", {}, message)); continue; }
    const told = code?.endsWith(".date") && group.dataset.day ? word("whole_date") : message;
    mark(group, told);
    const link = make("a", { href: `#${controlIn(group)?.id ?? group.id}` }, `${titleOf(group)}: ${told}`);
    link.addEventListener("click", (event) => { event.preventDefault(); open(group); controlIn(group)?.focus(); });
    list.append(make("li", {}, link));
  }
  if (!errors.length) list.append(make("li", {}, detail ?? word("trouble")));
  summary.hidden = false;
  if (focus) summary.focus();
}

const waits = new WeakMap();

/** Say something when an answer is not there after a second, and again when it takes long; nothing when it is quick. */
function tellLater(form, status, rest = [["sending", 1000], ["slow", 9000]]) {
  const [[key, delay], ...more] = rest;
  waits.set(form, setTimeout(() => {
    status.textContent = word(key);
    if (more.length) tellLater(form, status, more);
  }, delay));
}

/** While an answer is awaited its buttons do nothing: a second click sends nothing twice. */
export function wait(form, waiting) {
  form.toggleAttribute("data-busy", waiting);
  for (const button of form.querySelectorAll("[type=submit]")) {
    if (waiting) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
  const status = form.querySelector(".sending");
  clearTimeout(waits.get(form));
  if (!status) return;
  status.textContent = "";
  if (waiting) tellLater(form, status);
}

function readable(field) {
  if (!field.value) return "–";
  if (field.tagName === "SELECT") return field.selectedOptions[0].textContent;
  if (field.dataset.type !== "money") return field.value;
  const number = Number(amount(field.value));
  return Number.isNaN(number) ? field.value : number.toLocaleString(`${language}-US`, { style: "currency", currency: "USD" });
}

/** Blank answers that are needed are told before the question, which would make no sense without them. */
function lacking(form) {
  const body = collect(form);
  const blank = [...form.querySelectorAll("[data-field]:has(.usa-label--required)")].filter(({ dataset }) =>
    dataset.field.slice(1).split("/").reduce((at, step) => at?.[step], body) === undefined);
  if (!blank.length) return false;
  show(form, { errors: blank.map(({ dataset }) => ({ pointer: dataset.field, message: word("required") })) });
  return true;
}

/** Ask before acting: what will happen stands in the dialog, with the form's own values where it names them. */
export function confirmed(form) {
  const dialog = document.getElementById(form.dataset.confirm);
  for (const place of dialog.querySelectorAll("[data-fill]")) {
    const field = form.querySelector(`[name="${CSS.escape(place.dataset.fill)}"]`);
    if (field) place.textContent = readable(field);
  }
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/** The address when it is one of this site; the first page for every other. */
export function ofThisSite(address) {
  return new URL(address, location.href).origin === location.origin ? address : "/";
}

function go(next, data) {
  if (next === undefined) return location.reload();
  const address = ofThisSite(next.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(data?.[name] ?? "")));
  if (new URL(address, location.href).pathname === location.pathname) {
    history.replaceState(null, "", address);
    return location.reload();
  }
  return location.assign(address);
}

/** Where the answer says to go, which may be another site: a web address, and nothing else. */
export function follow({ go_to: address }) {
  const target = new URL(address, location.origin);
  if (/^https?:$/.test(target.protocol)) location.assign(target.href);
}

/** Where a form is signed, put a passkey's answer into its body; what is wrong when there is none. */
async function signed({ dataset: { sign, verb } }, body) {
  if (!sign) return undefined;
  const { signWith } = await import("./sign.js");
  return signWith(sign, verb, body);
}

async function submit(form) {
  const { api, method = "post", etag, next, confirm, anonymous, follow: follows } = form.dataset;
  if (form.hasAttribute("data-busy") || (confirm && (lacking(form) || !(await confirmed(form))))) return;
  // One key for one intent: a repeat after a lost answer is answered by the first one's result.
  if (!keys.has(form)) keys.set(form, crypto.randomUUID());
  const collected = collect(form, method === "patch");
  // What is ended by its address alone takes no words.
  const body = method === "delete" && !Object.keys(collected).length ? undefined : collected;
  wait(form, true);
  let problem = { detail: word("unreachable") };
  try {
    const unsigned = await signed(form, body);
    if (unsigned) { wait(form, false); return show(form, unsigned); }
    const answer = await send(method, api, { body, etag, key: keys.get(form), anonymous: anonymous !== undefined });
    if (answer.ok) {
      keys.delete(form);
      return follows === undefined ? go(next, answer.data) : follow(answer.data);
    }
    problem = answer.data;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  wait(form, false);
  show(form, problem);
  askForCode(form, problem);
}

/** All was right, and a code is asked for too: its field is shown, and one can type at once. */
function askForCode(form, { code }) {
  const asked = form.querySelector("[data-code]");
  if (code !== "sign_in.code_needed" || !asked) return;
  asked.hidden = false;
  asked.querySelector("input").focus();
}

export function enhance(form) {
  followInstead(form);
  for (const field of form.querySelectorAll("[data-from-hash]")) field.value = location.hash.slice(1);
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(form); });
  form.addEventListener("input", ({ target }) => { const group = target.closest("[data-field]"); if (group) unmark(group); });
}
