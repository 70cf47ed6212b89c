// The intake form: steps of one page, saved at each step and every few seconds. All fields stay in the page, so that
// neither a lost connection nor an ended session loses a word; nothing is kept in the browser's storage.
import { chooseByTyping } from "./choose.js";
import { dayInWords, takeWholeDays } from "./days.js";
import { clear, collect, controlIn, fieldAt, followInstead, show, unmark, wait } from "./form.js";
import { incomesInWords, takeIncomes, withoutBlanks } from "./incomes.js";
import { Unreachable, send } from "./send.js";
import { language, make, word } from "./words.js";

const EVERY = 4000;
const form = document.querySelector("form[data-draft]");
const { draft: api, resume, next } = form.dataset;
const status = form.querySelector("[data-status]");
const steps = [...form.querySelectorAll("[data-step]")];
const links = [...form.querySelectorAll("[data-steps] a")];
const handInKey = crypto.randomUUID();
const discardKey = crypto.randomUUID();

let { id, etag } = form.dataset;
let dirty = false;
let saving = false;
let paused = false; // a person has to do something before saving can succeed
let creating; // the first save: the same key and body again until its answer is known
let running = Promise.resolve(true);
let current = 0;
let counting;

function note(key, bad = false, values = {}) {
  status.textContent = word(key, values);
  status.classList.toggle("bad", bad);
}

/** An address with every part blank is no address, a line of incomes that says nothing is none. */
function settle(body) {
  withoutBlanks(body.household);
  for (const section of Object.values(body)) {
    for (const [name, value] of Object.entries(section)) {
      const parts = value && typeof value === "object" && !Array.isArray(value) ? Object.values(value) : [value];
      if (parts.every((part) => part === null)) section[name] = null;
    }
  }
  return body;
}

function saved(answer) {
  if (!id) {
    id = answer.data.id;
    history.replaceState(null, "", resume.replace("{id}", id) + location.hash);
    // What was typed while the answer was away is not in it.
    if (JSON.stringify(creating.body) !== JSON.stringify({ ...settle(collect(form)), submit: false })) dirty = true;
  }
  etag = answer.etag;
  if (dirty) return;
  const time = new Date().toLocaleTimeString(`${language}-US`, { hour: "numeric", minute: "2-digit" });
  note("saved", false, { time });
}

/** Somebody else saved this draft: the person chooses whose answers stay. */
async function choose() {
  const dialog = document.getElementById("changed");
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue === "theirs") { dirty = false; location.reload(); }
  if (dialog.returnValue !== "mine") return false;
  etag = (await send("get", `${api}/${id}`)).etag;
  paused = false;
  return store();
}

async function store() {
  if (!dirty) return true;
  dirty = false;
  saving = true;
  note("saving");
  const keepalive = document.visibilityState === "hidden";
  try {
    if (!id) creating ??= { key: crypto.randomUUID(), body: { ...settle(collect(form)), submit: false } };
    const answer = id
      ? await send("patch", `${api}/${id}`, { body: settle(collect(form, true)), etag, keepalive })
      : await send("post", api, { ...creating, keepalive });
    if (answer.ok) { saved(answer); return true; }
    dirty = true;
    if (!id && answer.status < 500 && answer.status !== 401) creating = undefined;
    return await refused(answer);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    dirty = true;
    paused = false;
    note("offline", true);
    return false;
  } finally {
    saving = false;
  }
}

function refused({ status: code, data }) {
  if (code >= 500) { note("unsaved_trouble", true); return false; }
  paused = true;
  if (code === 401) note("unsaved_out", true);
  else if (code === 412) { note("unsaved_changed", true); return choose(); }
  else { note("unsaved", true); show(form, data, reach, false); }
  return false;
}

// One save after the other; a failure of one is no reason not to try the next.
const save = () => (running = running.catch(() => false).then(store));

function openStep(index, focus = true) {
  current = index;
  steps.forEach((step, at) => { step.hidden = at !== index; });
  links.forEach((link, at) => {
    const item = link.parentElement;
    item.classList.toggle("usa-step-indicator__segment--current", at === index);
    if (at === index) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  });
  count();
  if (index === steps.length - 1) review();
  if (!focus) return;
  scrollTo(0, 0);
  steps[index].querySelector("h2").focus();
}

const named = (hash) => steps.findIndex((step) => `#${step.dataset.step}` === hash);
const goTo = (index) => { location.hash = steps[index].dataset.step; };

/** Bring a field into view, whichever step it is on. */
function reach(group) {
  const index = steps.findIndex((step) => step.contains(group));
  if (index < 0 || index === current) return;
  history.pushState(null, "", `#${steps[index].dataset.step}`);
  openStep(index, false);
}

/** The questions of a step; a field inside another one (a line of incomes) is part of its question. */
const questions = (step) => [...step.querySelectorAll("[data-field]:not([data-field] [data-field])")];
/** An answer that is only half a date is not there yet. */
const isOpen = (group) => !answerOf(group).length || (group.dataset.day && !group.querySelector("[data-part]:disabled") && [...group.querySelectorAll("[data-part]")].some((part) => !part.value));
const isNeeded = (group) => group.querySelector(".usa-label--required") !== null;

/** Say at each step how many needed answers are still open, and mark those that have all. */
function count() {
  steps.forEach((step, at) => {
    const left = questions(step).filter((group) => isNeeded(group) && isOpen(group)).length;
    links[at].parentElement.classList.toggle("usa-step-indicator__segment--complete", !left && at !== current);
    const told = left ? word("left", { count: left }) : word("none_left");
    links[at].querySelector("[data-left]").textContent = told;
    step.querySelector("h2 [data-left]").textContent = told;
  });
}

/** The answer as it is read back; empty when there is none, a list of lines for incomes. */
function answerOf(group) {
  const chosen = (select) => (select?.value ? select.selectedOptions[0].textContent : "");
  const instead = chosen(group.querySelector("[data-instead]"));
  if (instead) return instead;
  if (group.dataset.incomes !== undefined) return incomesInWords(group);
  const parts = ["day", "month", "year"].map((part) => group.querySelector(`[data-part="${part}"]`));
  if (parts[0]) return dayInWords(...parts.map((part) => part.value)) ?? [parts[0].value, chosen(parts[1]), parts[2].value].filter(Boolean).join(" ");
  const control = controlIn(group);
  if (control.type === "checkbox") return control.checked ? word("yes") : "";
  if (control.type === "radio") return control.checked ? control.labels[0].textContent : "";
  return control.tagName === "SELECT" ? chosen(control) : control.value.trim();
}

function row(group) {
  const label = group.querySelector(".usa-label,.usa-checkbox__label");
  const name = label.firstChild.textContent.trim();
  const answer = [answerOf(group)].flat().filter(Boolean);
  const lacking = isNeeded(group) ? "needed" : "blank";
  const value = answer.length ? make("dd", {}, ...answer.map((line) => make("div", { class: "written" }, line))) : make("dd", { class: lacking }, word(lacking));
  const change = make("a", { href: `#${controlIn(group).id}` }, word("change"), make("span", { class: "usa-sr-only" }, ` ${name}`));
  change.addEventListener("click", (event) => { event.preventDefault(); reach(group); controlIn(group).focus(); });
  return make("div", {}, make("dt", {}, name), value, make("dd", { class: "change" }, change));
}

function review() {
  const part = (step) =>
    make("section", { class: "review-part" }, make("h3", {}, step.querySelector("h2").dataset.name), make("dl", { class: "facts" }, ...questions(step).map(row)));
  form.querySelector("[data-review]").replaceChildren(...steps.slice(0, -1).map(part));
}

/** Close the draft after asking; what is on its way is waited for, and nothing is saved any more. */
async function discard() {
  const dialog = document.getElementById("discard");
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "yes") return;
  paused = true;
  await running;
  try {
    const answer = id ? await send("post", `${api}/${id}/withdraw`, { body: { reason: "other" }, key: discardKey }) : { ok: true };
    if (!answer.ok) return show(form, answer.data, reach);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return show(form, { detail: word("unreachable") }, reach);
  }
  dirty = false;
  location.assign(form.dataset.discarded);
}

async function handIn() {
  if (form.hasAttribute("data-busy")) return;
  wait(form, true);
  clear(form);
  dirty ||= !id;
  let problem;
  try {
    let kept;
    do kept = await save(); while (kept && dirty);
    problem = kept || !form.querySelector("[data-summary]").hidden ? undefined : { detail: status.textContent };
    if (kept) {
      const answer = await send("post", `${api}/${id}/submit`, { key: handInKey });
      if (answer.ok) return location.assign(next.replace("{id}", id));
      problem = answer.data;
    }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    problem = { detail: word("unreachable") };
  }
  wait(form, false);
  if (problem) show(form, problem, reach);
}

form.querySelectorAll("select[data-choose]").forEach(chooseByTyping);
form.querySelectorAll("[data-day]").forEach(takeWholeDays);
followInstead(form);
takeIncomes(form);
form.addEventListener("input", ({ target }) => {
  dirty = true;
  paused = false;
  note("dirty");
  const group = target.closest("[data-field]");
  if (group) unmark(group);
  clearTimeout(counting);
  counting = setTimeout(count, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (current === steps.length - 1) handIn();
  else goTo(current + 1);
});
form.addEventListener("click", ({ target }) => {
  if (target.closest("[data-back]")) goTo(current - 1);
  if (target.closest("[data-save]")) { paused = false; save(); }
  if (target.closest("[data-discard]")) discard();
});
addEventListener("hashchange", () => {
  const index = named(location.hash);
  if (index < 0 || index === current) return;
  if (!paused) save();
  openStep(index);
});
addEventListener("online", save);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && !paused) save(); });
addEventListener("beforeunload", (event) => { if (dirty || saving) event.preventDefault(); });
setInterval(() => { if (dirty && !paused) save(); }, EVERY);

/** "#household" is a step; "#/household/size" a question, as a link from a verdict names what is missing. */
function openAsAsked() {
  const group = location.hash.startsWith("#/") ? fieldAt(form, decodeURIComponent(location.hash.slice(1))) : null;
  openStep(Math.max(0, group ? steps.findIndex((step) => step.contains(group)) : named(location.hash)), false);
  if (!group) return;
  history.replaceState(null, "", `#${steps[current].dataset.step}`);
  controlIn(group).focus();
}

openAsAsked();
form.classList.add("stepwise");
