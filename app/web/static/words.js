// Sentences for the reader: the server writes them, in the reader's language, into <template id="words">.
const source = document.getElementById("words");

export const language = document.documentElement.lang;

export function word(key, values = {}) {
  const text = source?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** Make an element: children are text or elements, never markup. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
