// An OpenID provider on a free port. Arguments: port, redirect URI of the hub. Whoever signs in is taken at his word:
// the subject is the name typed. Two clients, whose tokens are signed with RS256 and ES256.
import Provider from "oidc-provider";
import { generateKeyPair, exportJWK } from "jose";

const [port, hub] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

async function key(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: alg };
}

const client = (id, alg) => ({
  client_id: id,
  client_secret: "a secret: with /odd?& characters",
  redirect_uris: [`${hub}/oauth/callback/${id}`],
  response_types: ["code"],
  grant_types: ["authorization_code"],
  id_token_signed_response_alg: alg,
});

const provider = new Provider(issuer, {
  clients: [client("rsa", "RS256"), client("ec", "ES256")],
  jwks: { keys: [await key("RS256"), await key("ES256")] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username"] },
  pkce: { methods: ["S256"], required: () => true },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      email: `${sub.replace(/^twin-of-/, "")}@example.org`,
      email_verified: !sub.startsWith("unproven"),
      preferred_username: sub,
      name: `The ${sub}`,
    }),
  }),
  cookies: { keys: ["only for tests"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log(`listens on ${issuer}`));
