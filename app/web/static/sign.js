// A payment's step signed by a passkey: the server asks over the payment's content, the device answers, the form takes it.
import { send } from "./send.js";
import { able, use } from "./passkey.js";
import { word } from "./words.js";

/** Ask at `address` for a question about `verb` and put the answer into `body`; gives a problem when there is none. */
export async function signWith(address, verb, body) {
  const asked = await send("post", address, { body: { verb }, key: crypto.randomUUID() });
  if (!asked.ok) return asked.data;
  const confirmation = await use(asked.data.options);
  if (!confirmation) return { detail: word(able() ? "no_passkey" : "no_passkeys") };
  body.confirmation = confirmation;
  return undefined;
}
