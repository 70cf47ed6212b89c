// Passkeys: from the server's options to the browser's question, and from its answer to JSON.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** Whether this browser knows passkeys at all. */
export const able = () => "PublicKeyCredential" in window && Boolean(navigator.credentials);

const listed = (credentials = []) => credentials.map((each) => ({ ...each, id: bytes(each.id) }));

function toCreate(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  };
}

function toUse(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) };
}

/** What every credential says, and its answer's parts that are there, as the server takes them. */
function written({ id, rawId, type }, response) {
  const parts = Object.entries(response).filter(([, part]) => part);
  return { id, rawId: text(rawId), type, response: Object.fromEntries(parts) };
}

/** A new passkey as JSON; null when the person, or the device, did not want to. */
export async function create(options) {
  const made = await navigator.credentials.create({ publicKey: toCreate(options) }).catch(() => null);
  if (!made) return null;
  const { clientDataJSON, attestationObject } = made.response;
  const transports = made.response.getTransports?.() ?? [];
  return written(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports });
}

/** What a passkey signed, as JSON; null when there is none, or nobody wanted to. */
export async function use(options) {
  const used = await navigator.credentials.get({ publicKey: toUse(options) }).catch(() => null);
  if (!used) return null;
  const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
  return written(used, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : "",
  });
}
