// The page of a case. Opening a sealed group: a purpose, one recorded call, the values in place, hidden again after a
// minute and on paper. Printing. A choice that fills two fields: fund and category.
import { Unreachable, send } from "./send.js";
import { language, word } from "./words.js";

const SECONDS = 60;

const WRITERS = {
  country: (code) => new Intl.DisplayNames([language], { type: "region", fallback: "code" }).of(code),
  language: (code) => new Intl.DisplayNames([language], { type: "language", fallback: "code" }).of(code),
  date: (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString(`${language}-US`, { dateStyle: "medium", timeZone: "UTC" }),
  money: (text) => Number(text).toLocaleString(`${language}-US`, { style: "currency", currency: "USD" }),
};

function readable(place, value) {
  if (value === null || value === undefined || value === "") return "–";
  const words = JSON.parse(place.dataset.words ?? "{}");
  if (words[value]) return words[value];
  if (Array.isArray(value)) return value.join(", ");
  try {
    return (WRITERS[place.dataset.as] ?? String)(value);
  } catch {
    return String(value);
  }
}

function prepare(box) {
  const places = [...box.querySelectorAll("[data-value]")];
  const sealed = places.map((place) => [...place.childNodes]);
  const [ask, hide] = ["[data-show]", "[data-hide]"].map((each) => box.querySelector(each));
  const status = box.querySelector("[role=status]");
  let timer;

  const cover = () => {
    clearTimeout(timer);
    places.forEach((place, index) => { place.replaceChildren(...sealed[index]); });
    box.removeAttribute("data-open");
    hide.hidden = true;
    ask.hidden = false;
    status.textContent = word("hidden");
  };

  const open = (data) => {
    const at = (pointer) => pointer.slice(1).split("/").reduce((value, step) => value?.[step], data);
    for (const place of places) place.textContent = readable(place, at(place.dataset.value));
    box.setAttribute("data-open", "");
    ask.hidden = true;
    hide.hidden = false;
    hide.focus();
    status.textContent = word("hides", { seconds: SECONDS });
    timer = setTimeout(cover, SECONDS * 1000);
  };

  box.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (box.hasAttribute("data-busy")) return;
    box.setAttribute("data-busy", "");
    try {
      const body = { group: box.dataset.group, purpose: box.querySelector("select,[name=purpose]").value };
      const answer = await send("post", box.dataset.reveal, { body, key: crypto.randomUUID() });
      if (answer.ok) open(answer.data);
      else status.textContent = answer.data.errors?.[0]?.message ?? answer.data.detail ?? word("trouble");
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      status.textContent = word("unreachable");
    }
    box.removeAttribute("data-busy");
  });
  hide.addEventListener("click", () => { cover(); ask.querySelector("button").focus(); });
  for (const event of ["pagehide", "beforeprint"]) addEventListener(event, cover);
}

document.querySelectorAll("[data-reveal]").forEach(prepare);

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
addEventListener("beforeprint", () => {
  for (const time of document.querySelectorAll("[data-printed]")) {
    const now = { dateStyle: "medium", timeStyle: "short", timeZone: time.dataset.printed };
    time.textContent = new Date().toLocaleString(`${language}-US`, now);
  }
});

for (const choice of document.querySelectorAll("[data-pair]")) {
  const fill = () => {
    const values = choice.value.split(" ");
    choice.dataset.pair.split(" ").forEach((name, index) => {
      choice.form.querySelector(`[name="${CSS.escape(name)}"]`).value = values[index] ?? "";
    });
  };
  choice.addEventListener("change", fill);
  fill();
}
