// A form whose answer follows it: <form method="get" data-live="#answer">. The server makes the answer as for a visit;
// the parts that changed are put in place, and the address is that of what is shown.
import { enhance } from "./form.js";

const PARTS = ["#report-title", "#periods"];
/** Milliseconds without another change before the server is asked; a date passes through wrong ones while it is typed. */
const PAUSE = 350;
const PAUSE_IN_DATES = 900;

/** The page at an address as a document: parsed as such, so that nothing is ever written as HTML. */
function fetched(address, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.onload = () => resolve(request.responseXML);
    request.onerror = reject;
    signal.addEventListener("abort", () => request.abort());
    request.send();
  });
}

function address(form) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") asked.append(name, value);
  return `${form.action}?${asked}`;
}

/** Put what came in the place of what stands there; forms in it work as anywhere. */
function place(part, found) {
  const here = document.querySelector(part);
  const there = found.querySelector(part);
  here.replaceChildren(...[...there.childNodes].map((node) => document.adoptNode(node)));
  here.querySelectorAll("form[data-api]").forEach(enhance);
}

function follow(form) {
  const status = form.querySelector("[role=status]");
  let waiting;
  let running = new AbortController();
  const ask = async () => {
    running.abort();
    running = new AbortController();
    const asked = address(form);
    status.textContent = form.dataset.working;
    const found = await fetched(asked, running.signal).catch(() => null);
    if (!found?.querySelector(form.dataset.live)) { form.submit(); return; }
    for (const part of [form.dataset.live, ...PARTS]) place(part, found);
    document.title = found.title;
    history.replaceState(null, "", asked);
    status.textContent = form.dataset.done;
  };
  form.addEventListener("input", ({ target }) => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, target.type === "date" ? PAUSE_IN_DATES : PAUSE);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); ask(); });
}

document.querySelectorAll("form[data-live]").forEach(follow);
