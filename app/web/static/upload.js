// Files on their way in: <form data-upload="/api/v1/…/documents">. Each goes by itself, with a bar that tells how far it
// is. What was refused stays chosen and says why; nothing that was typed is lost. Pictures of pages come when asked for.
import { clear, collect, show, wait } from "./form.js";
import { make, word } from "./words.js";

/** One intent, one key: a file that is sent again after a lost answer is added once. */
const keys = new WeakMap();

const keyOf = (file) => keys.get(file) ?? keys.set(file, crypto.randomUUID()).get(file);

function post(url, body, key, progress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "amparo");
    request.setRequestHeader("Idempotency-Key", key);
    request.responseType = "json";
    request.upload.addEventListener("progress", progress);
    request.addEventListener("load", () => resolve({ status: request.status, data: request.response ?? {} }));
    for (const lost of ["error", "abort", "timeout"]) {
      request.addEventListener(lost, () => resolve({ status: 0, data: { detail: word("unreachable") } }));
    }
    request.send(body);
  });
}

/** Sign in again, or prove who one is, in place; then the same file goes once more. */
async function sent(url, body, key, progress) {
  for (;;) {
    const answer = await post(url, body, key, progress);
    if (answer.status !== 401) return answer;
    const { signInAgain } = await import("./again.js");
    if (!(await signInAgain())) return { ...answer, data: { detail: word("signed_out") } };
  }
}

function line(list, file) {
  const bar = make("progress", { max: "100", value: "0", "aria-label": file.name });
  const text = make("span", { class: "fine" });
  const item = make("li", {}, make("strong", {}, file.name), bar, text);
  list.append(item);
  return { bar, text, item };
}

function formOf(fields, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, String(value));
  body.append("file", file);
  return body;
}

/** What is wrong with a file can mostly be told before it is sent. */
function wrong(form, file) {
  const { endings, most, saidType, saidLarge } = form.dataset;
  if (!endings.split(" ").includes(file.name.split(".").pop().toLowerCase())) return saidType;
  return file.size > Number(most) ? saidLarge : "";
}

async function one(form, list, file, fields) {
  const { bar, text, item } = line(list, file);
  const refused = wrong(form, file);
  if (refused) { bar.remove(); text.textContent = refused; return { errors: [{ pointer: "/file", message: refused }] }; }
  const progress = ({ loaded, total }) => {
    bar.value = total ? (100 * loaded) / total : 0;
    const { saidSent, saidChecking } = form.dataset;
    text.textContent = loaded < total ? saidSent.replace("{percent}", String(Math.floor(bar.value))) : saidChecking;
  };
  const { status, data } = await sent(form.dataset.upload, formOf(fields, file), keyOf(file), progress);
  if (status === 201) { text.textContent = form.dataset.saidDone; return null; }
  bar.remove();
  text.textContent = data.errors?.[0]?.message ?? data.detail ?? word("trouble");
  item.classList.add("refused");
  return { detail: data.detail ?? word("trouble"), errors: data.errors };
}

async function all(form, chosen) {
  if (form.hasAttribute("data-busy")) return;
  const fields = collect(form);
  const missing = [];
  if (!chosen.files.length) missing.push({ pointer: "/file", message: form.dataset.saidNone });
  if (form.querySelector('[name="/kind"]') && !fields.kind) missing.push({ pointer: "/kind", message: word("required") });
  if (missing.length) return show(form, { errors: missing });
  clear(form);
  wait(form, true);
  const list = form.querySelector("[data-sent]");
  list.replaceChildren();
  const left = new DataTransfer();
  let problem = null;
  for (const file of chosen.files) {
    const refused = await one(form, list, file, fields);
    if (refused) { problem = refused; left.items.add(file); }
  }
  wait(form, false);
  if (!problem) return location.reload();
  chosen.files = left.files;
  show(form, problem);
}

function drops(form, chosen) {
  const place = form.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) chosen.files = event.dataTransfer.files;
    });
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const chosen = form.querySelector("input[type=file]");
  drops(form, chosen);
  form.addEventListener("submit", (event) => { event.preventDefault(); all(form, chosen); });
}

for (const preview of document.querySelectorAll("details[data-preview]")) {
  preview.addEventListener("toggle", () => {
    const place = preview.querySelector(".previews");
    if (!preview.open || place.childElementCount) return;
    for (let page = 1; page <= Number(preview.dataset.pages); page += 1) {
      const alt = preview.dataset.alt.replace("{number}", String(page));
      place.append(make("img", { src: `${preview.dataset.preview}?page=${page}`, alt, loading: "lazy" }));
    }
  });
}
