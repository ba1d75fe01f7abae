// An OpenID Connect provider for tests: two people with roles, PKCE required, both kinds of logout. Arguments: the address of the program that
// people sign in to, and its own port, else any. Prints its issuer. Ends when its standard input does.
import { Provider } from "oidc-provider";
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

const app = process.argv[2];
const roles = { ada: ["staff"], bob: ["student"] };
const unverified = new Set();
let keys = [];

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = `key-${keys.length + 1}-${Date.now()}`;
  keys = [{ ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" }];
}

function provider(issuer) {
  const made = new Provider(issuer, {
    clients: [
      {
        client_id: "coach",
        client_secret: "a-secret-of-the-tests",
        redirect_uris: [`${app}/auth/callback`],
        post_logout_redirect_uris: [`${app}/`],
        backchannel_logout_uri: `${app}/auth/backchannel`,
        backchannel_logout_session_required: true,
      },
    ],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], roles: ["realm_access"] },
    features: {
      devInteractions: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    // Its own fetch refuses the addresses of this machine.
    fetch: (url, { dispatcher: _dispatcher, ...options }) => fetch(url, options),
    pkce: { required: () => true },
    cookies: { keys: ["of the tests alone"] },
    jwks: { keys },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: id === "ada" ? "Ada" : id,
        email: `${id}@Uni.Test`,
        email_verified: !unverified.has(id),
        realm_access: { roles: roles[id] ?? [] },
      }),
    }),
  });
  made.on("backchannel.error", (_context, error) => console.error("backchannel", error.message));
  made.on("server_error", (_context, error) => console.error("server", error));
  return made;
}

let current;
const server = createServer((request, response) => {
  const url = new URL(request.url, "http://provider");
  if (url.pathname === "/tests/rotate") {
    newKey();
    current = provider(issuer());
    response.end("new keys");
  } else if (url.pathname === "/tests/roles") {
    roles[url.searchParams.get("person")] = url.searchParams.getAll("role");
    response.end("new roles");
  } else if (url.pathname === "/tests/unverified") {
    unverified.add(url.searchParams.get("person"));
    response.end("not verified");
  } else {
    current.callback()(request, response);
  }
});
const issuer = () => `http://127.0.0.1:${server.address().port}`;
server.listen(Number(process.argv[3] ?? 0), "127.0.0.1", () => {
  newKey();
  current = provider(issuer());
  console.log(`ready ${issuer()}`);
});
process.stdin.on("end", () => process.exit(0)).resume();
