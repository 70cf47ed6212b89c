// Incomes as they are paid: lines of a household, the sum of a year and its poverty level, which the server works out.
import { collect, unmark } from "./form.js";
import { send } from "./send.js";
import { language, make, word } from "./words.js";

const SOON = 350;
const dollars = (text) => Number(text).toLocaleString(`${language}-US`, { style: "currency", currency: "USD" });

/** A line without a source and an amount says nothing yet, whatever its period. */
const isBlank = (line) => !line || (line.amount == null && line.source == null);

/** Blank lines are not sent; no line at all is null. */
export function withoutBlanks(household) {
  if (!household) return;
  const lines = (household.incomes ?? []).filter((line) => !isBlank(line));
  if (household.annual_income) household.incomes = null; // why there is no answer
  else if (lines.length) household.incomes = lines;
  else if ("incomes" in household) { household.incomes = null; household.annual_income = null; }
}

export function takeIncomes(form) {
  const group = form.querySelector("[data-incomes]");
  const rows = group.querySelector("[data-rows]");
  const blank = group.querySelector("template");
  const said = group.querySelector("[data-said]");
  const told = group.querySelector("[data-told]");
  const { poverty } = group.dataset;
  let timer;
  let asked = 0;

  const lines = () => [...rows.children];
  const filled = (line) => [...line.querySelectorAll("input")].some((input) => input.value.trim());

  /** Numbers follow the order of what is sent: lines that say something first, so that a refusal finds its line. */
  function number() {
    const inOrder = [...lines().filter(filled), ...lines().filter((line) => !filled(line))];
    inOrder.forEach((line, at) => {
      for (const part of line.querySelectorAll("[data-income]")) {
        const pointer = `/household/incomes/${at}/${part.dataset.income}`;
        part.querySelector("input,select").name = pointer;
        part.dataset.field = pointer;
        part.querySelector("[data-problem]").dataset.problem = pointer;
      }
    });
    lines().forEach((line) => { line.querySelector("[data-remove]").hidden = lines().length < 2; });
  }

  let made = 0;
  function add() {
    const line = blank.content.firstElementChild.cloneNode(true);
    made += 1;
    for (const part of line.querySelectorAll("[id],[for],[aria-describedby]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replaceAll("-row", `-more-${made}`));
      }
    }
    rows.append(line);
    number();
    line.querySelector("input").focus();
  }

  async function ask() {
    const turn = ++asked;
    const { household = {}, contact } = collect(form);
    withoutBlanks(household);
    if (!household.incomes) { said.textContent = ""; told.textContent = ""; return; }
    const body = { size: household.size, incomes: household.incomes, state: contact?.address?.state };
    try {
      const { ok, data } = await send("post", poverty, { body, anonymous: true });
      if (turn !== asked) return;
      said.textContent = ok && data.annual_income ? word("year_sum", { amount: dollars(data.annual_income) }) : "";
      told.textContent = (ok && data.said) || word("no_sum");
    } catch {
      if (turn === asked) { said.textContent = ""; told.textContent = word("no_sum"); }
    }
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, SOON); };

  form.addEventListener("input", ({ target }) => {
    if (group.contains(target)) { number(); unmark(group); }
    if (group.contains(target) || /^\/household\/size|address\/state$/.test(target.name)) soon();
  });
  form.addEventListener("change", ({ target }) => { if (target.dataset.instead?.startsWith("/household/")) soon(); });
  group.querySelector("[data-add]").addEventListener("click", add);
  rows.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-remove]");
    if (!button) return;
    button.closest("[data-line]").remove();
    number();
    rows.querySelector("input").focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    soon();
  });
  number();
  ask();
}

/** The lines as they are read back, each in words, then the sum. */
export function incomesInWords(group) {
  const lines = [...group.querySelectorAll("[data-line]")].map((line) => {
    const [source, amount] = [...line.querySelectorAll("input")].map((input) => input.value.trim());
    const period = line.querySelector("select");
    if (!source && !amount) return "";
    return [source, [amount, period.value && period.selectedOptions[0].text].filter(Boolean).join(" ")].filter(Boolean).join(": ");
  }).filter(Boolean);
  const sum = group.querySelector("[data-said]").textContent;
  return lines.length ? [...lines, sum].filter(Boolean) : [];
}
