// A certified OpenID provider for the tests: says its issuer, reads who its client is as one line of JSON, then serves
// until its standard input ends. It asks for a name and believes it; whoever comes as "single" has shown one factor.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const server = createServer();
await new Promise((resolve) => server.listen(0, "localhost", resolve));
const issuer = `http://localhost:${server.address().port}`;
console.log(issuer);

const lines = createInterface({ input: process.stdin });
const { client, origin, notices } = JSON.parse(await new Promise((resolve) => lines.once("line", resolve)));
lines.on("close", () => process.exit(0));

const page = (body) => `<!doctype html><html lang="en"><title>Provider</title>${body}</html>`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: client.id,
    client_secret: client.secret,
    redirect_uris: [`${origin}/sign-in/return`],
    post_logout_redirect_uris: [`${origin}/sign-in`],
    backchannel_logout_uri: notices,
    backchannel_logout_session_required: true,
  }],
  // It tells nobody on loopback of anything, except here, where everybody is on loopback.
  fetch: (address, { dispatcher: _, ...options }) => globalThis.fetch(address, options),
  cookies: { keys: ["of this run only"] },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => { ctx.body = page(`${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out here too</button>`); },
    },
  },
  claims: { openid: ["sub", "acr", "amr", "auth_time", "sid"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: "fund_admin@example.org" }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});

const read = async (request) => {
  let body = "";
  for await (const piece of request) body += piece;
  return new URLSearchParams(body);
};
const serve = provider.callback();
server.on("request", async (request, response) => {
  if (request.url === "/favicon.ico") return response.writeHead(204).end();
  if (!request.url.startsWith("/interaction/")) return serve(request, response);
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html");
    return response.end(page('<form method="post"><label>Name <input name="name"></label><button>Go on</button></form>'));
  }
  const name = (await read(request)).get("name");
  if (name === "nobody") return provider.interactionFinished(request, response, { error: "access_denied" });
  const amr = name === "single" ? ["pwd"] : ["pwd", "otp", "mfa"];
  return provider.interactionFinished(request, response, { login: { accountId: name, amr, ts: Math.floor(Date.now() / 1000) } });
});
console.log("ready");
