// A long list chosen from by typing a few letters: <select data-choose>. Without this script it stays a plain list.
// The select keeps the value and its name; what is typed and is in no list goes along as it stands, so it is not lost.
import { make, word } from "./words.js";

const MOST = 12;
/** Without accents, apostrophes and case: "Haití" is found by "hai", K'iche' by "kic". */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}|['’ʼ]/gu, "").toLowerCase().trim();

function entries(select) {
  const found = new Map();
  for (const option of select.options) {
    if (!option.value) continue;
    const names = [option.text, option.dataset.also ?? ""].map(plain);
    const always = option.parentElement.hasAttribute("data-always");
    // What the answer is now stands first, and once more in its place, with its other names.
    found.set(option.value, { value: option.value, text: option.text, names, always });
  }
  return [...found.values()];
}

/** How well an entry answers what was typed: 0 begins with it, 1 a word of it does, 2 has it inside, 3 not at all. */
function rank({ names }, wanted) {
  return Math.min(...names.map((name) => {
    const at = name.indexOf(wanted);
    return at < 0 ? 3 : at === 0 ? 0 : /[\s(/-]/.test(name[at - 1]) ? 1 : 2;
  }));
}

function matches(all, typed) {
  const wanted = plain(typed);
  if (!wanted) return all.filter((each) => each.always);
  const ranked = all.map((each) => [rank(each, wanted), each]).filter(([place]) => place < 3);
  return ranked.sort(([a], [b]) => a - b).slice(0, MOST).map(([, each]) => each);
}

export function chooseByTyping(select) {
  const all = entries(select);
  const id = select.id;
  const input = make("input", {
    id: `${id}-text`, class: "usa-input", type: "text", role: "combobox", autocomplete: "off", maxlength: "40",
    "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-list`, "aria-describedby": select.getAttribute("aria-describedby"),
  });
  const list = make("ul", { id: `${id}-list`, role: "listbox", class: "chosen-from", hidden: "" });
  const told = make("span", { class: "usa-sr-only", role: "status" });
  const label = select.labels[0];
  let shown = [];
  let active = -1;

  const open = () => !list.hidden;
  const named = (text) => all.find((each) => each.names[0] === plain(text)) ?? all.find((each) => each.names.includes(plain(text)));

  /** The select takes the value; one that no option has is added, as it was typed. */
  function put(value) {
    if (select.value === value) return;
    const known = [...select.options].some((option) => option.value === value);
    if (!known) select.append(make("option", { value }, value));
    select.value = value;
  }

  function point(index) {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(-1);
  }

  function show() {
    shown = matches(all, input.value);
    list.replaceChildren(...shown.map(({ text }, at) => make("li", { id: `${id}-at-${at}`, role: "option", "aria-selected": "false" }, text)));
    list.hidden = !shown.length;
    input.setAttribute("aria-expanded", String(shown.length > 0));
    told.textContent = shown.length ? word("matches", { count: shown.length }) : word("no_match");
    point(input.value.trim() && shown.length ? 0 : -1);
  }

  function take({ value, text }) {
    input.value = text;
    put(value);
    close();
    select.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Leaving: one match is meant; of several none is guessed. */
  function settle() {
    const text = input.value.trim();
    const meant = named(text) ?? (open() && text && shown.length === 1 ? shown[0] : undefined);
    if (meant && meant.value !== select.value) take(meant);
    else if (meant) input.value = meant.text;
    close();
  }

  input.addEventListener("input", () => {
    const text = input.value.trim();
    put(named(text)?.value ?? text);
    show();
  });
  input.addEventListener("click", () => { if (!open()) show(); });
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!open()) show();
      else if (shown.length) point((Math.max(active, step > 0 ? -1 : 0) + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && open() && active >= 0) {
      event.preventDefault();
      take(shown[active]);
    } else if (event.key === "Escape" && open()) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const at = [...list.children].indexOf(target.closest("li"));
    if (at >= 0) take(shown[at]);
  });

  if (select.required || select.hasAttribute("aria-required")) input.setAttribute("aria-required", "true");
  input.value = select.value ? select.selectedOptions[0].text : "";
  label.htmlFor = input.id;
  select.hidden = true;
  select.before(make("div", { class: "choose" }, input, list, told));
}
