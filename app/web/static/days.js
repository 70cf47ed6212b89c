// Dates in three fields, pasted or typed whole: 1990-03-04, March 4, 1990, 4 de marzo de 1990, 13/4/1990. Where a day and
// a month could change places the person is asked; a year of two digits is never guessed.
import { language, make, word } from "./words.js";

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const MONTHS = ["en", "es"].map((code) => Array.from({ length: 12 }, (_, month) =>
  plain(new Date(Date.UTC(2000, month, 15)).toLocaleDateString(code, { month: "long", timeZone: "UTC" }))));

const real = ({ year, month, day }) => {
  const made = new Date(Date.UTC(year, month - 1, day));
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
};

function named(text) {
  const letters = (plain(text).match(/[a-z]{3,}/g) ?? []).filter((each) => each !== "del");
  const found = letters.flatMap((each) => MONTHS.map((names) => names.findIndex((name) => name.startsWith(each)) + 1)).filter(Boolean);
  return new Set(found).size === 1 ? found[0] : 0;
}

/** The days that a text can mean: none, one, or two when it does not say which number is the month. */
export function daysIn(text) {
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  const lengths = (text.match(/\d+/g) ?? []).map((each) => each.length);
  const year = lengths.findIndex((length) => length === 4);
  const rest = numbers.filter((_, at) => at !== year);
  if (year < 0 || lengths.some((length) => length > 4)) return [];
  const month = named(text);
  if (month) return rest.length === 1 ? [{ year: numbers[year], month, day: rest[0] }].filter(real) : [];
  if (rest.length !== 2 || /[a-z]{3,}/i.test(text)) return [];
  const [a, b] = rest;
  const orders = [{ month: a, day: b }, { month: b, day: a }].slice(0, year === 0 || a === b ? 1 : 2);
  return orders.map((order) => ({ year: numbers[year], ...order })).filter(real);
}

const inWords = ({ year, month, day }) =>
  new Date(Date.UTC(year, month - 1, day)).toLocaleDateString(`${language}-US`, { dateStyle: "long", timeZone: "UTC" });

/** A whole day as it is read aloud; undefined for half of one, or for February 30. */
export function dayInWords(day, month, year) {
  const typed = { year: Number(year), month: Number(month), day: Number(day) };
  return /^\d{4}$/.test(year.trim()) && month && /^\d{1,2}$/.test(day.trim()) && real(typed) ? inWords(typed) : undefined;
}

export function takeWholeDays(fieldset) {
  const part = (name) => fieldset.querySelector(`[data-part="${name}"]`);
  const asked = make("div", { class: "which-day", role: "group", hidden: "" });
  fieldset.append(asked);
  for (const name of ["day", "year"]) part(name).removeAttribute("maxlength");

  function put({ year, month, day }) {
    part("year").value = String(year);
    part("month").value = String(month).padStart(2, "0");
    part("day").value = String(day);
    asked.hidden = true;
    part("year").dispatchEvent(new Event("input", { bubbles: true }));
    part("year").focus();
  }

  function ask(text, days) {
    const question = make("p", { class: "usa-hint" }, word("which_day", { text }));
    const buttons = days.map((day) => {
      const button = make("button", { type: "button", class: "usa-button usa-button--outline" }, inWords(day));
      button.addEventListener("click", () => put(day));
      return button;
    });
    asked.setAttribute("aria-label", question.textContent);
    asked.replaceChildren(question, ...buttons);
    asked.hidden = false;
    buttons[0].focus();
  }

  /** Whether the text was a whole day, or could be two. */
  function take(text) {
    const days = daysIn(text.trim());
    if (days.length === 1) put(days[0]);
    if (days.length === 2) ask(text.trim(), days);
    return days.length > 0;
  }

  fieldset.addEventListener("paste", (event) => {
    if (take(event.clipboardData.getData("text"))) event.preventDefault();
  });
  fieldset.addEventListener("change", ({ target }) => {
    if (target.matches('input[data-part]') && /\D|\d{5}/.test(target.value.trim())) take(target.value);
  });
}
