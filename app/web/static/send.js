// One request to the API. A session that ended is renewed in place, an act that asks who one is waits for the proof; a
// busy server is asked again.
import { attempt } from "./attempt.js";
import { word } from "./words.js";

export { Unreachable } from "./attempt.js";

const BUSY_TRIES = 3;

/** Ask in place for what this answer lacks; true when the request may be sent again, as it was. */
async function mended({ status, data }) {
  if (status !== 401 && !(status === 403 && data.code === "step_up")) return false;
  const { confirmItIsYou, signInAgain } = await import("./again.js");
  return status === 401 ? signInAgain() : confirmItIsYou();
}

/** Send JSON and give `{ok, status, data, etag}`. Throws Unreachable. `anonymous`: a 401 is an answer like any other. */
export async function send(method, url, options = {}) {
  for (let busy = 0; ; ) {
    const answer = await attempt(method, url, options);
    if (!options.anonymous && (await mended(answer))) continue;
    if (answer.status === 401 && !options.anonymous) {
      return { ...answer, data: { ...answer.data, detail: word("signed_out") } };
    }
    if (answer.status !== 503 || ++busy >= BUSY_TRIES) return answer;
    const wait = Math.min(Number(answer.headers.get("Retry-After")) || 1, 5);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}
