// One request to the API, tried once.

/** No answer came: whether anything was done is not known. */
export class Unreachable extends Error {}

const PATIENCE = 30_000;

/** `file`: the answer is a file, given as a Blob; a refusal is read as JSON all the same. */
export async function attempt(method, url, { body, etag, key, keepalive = false, file = false } = {}) {
  const headers = { Accept: "application/json", "X-Requested-With": "amparo" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (etag) headers["If-Match"] = etag;
  if (key) headers["Idempotency-Key"] = key;
  try {
    const response = await fetch(url, {
      method: method.toUpperCase(),
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      keepalive,
      signal: AbortSignal.timeout(PATIENCE),
    });
    const isJson = /json/.test(response.headers.get("Content-Type") ?? "");
    const data = file && response.ok ? await response.blob() : isJson ? await response.json() : {};
    return { ok: response.ok, status: response.status, data, headers: response.headers, etag: response.headers.get("ETag") };
  } catch {
    throw new Unreachable();
  }
}
