// Forms whose answer is a file: <form data-export="/api/v1/…" data-method="post|get">. It is asked for like anything
// else, so that a proof can be given in place, and is then saved under the name that it came with.
import { Unreachable, send } from "./send.js";
import { collect, show, wait } from "./form.js";
import { word } from "./words.js";

function save(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function nameOf(headers) {
  return /filename="([\w.-]+)"/.exec(headers.get("Content-Disposition") ?? "")?.[1] ?? "amparo";
}

async function take(form) {
  if (form.hasAttribute("data-busy")) return;
  wait(form, true);
  let problem = { detail: word("unreachable") };
  try {
    const method = form.dataset.method ?? "post";
    const body = method === "get" ? undefined : collect(form);
    const answer = await send(method, form.dataset.export, { body, file: true });
    if (answer.ok) {
      wait(form, false);
      return save(answer.data, nameOf(answer.headers));
    }
    problem = answer.data;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
  }
  wait(form, false);
  show(form, problem);
}

for (const form of document.querySelectorAll("form[data-export]")) {
  form.addEventListener("submit", (event) => { event.preventDefault(); take(form); });
}
