// A certified OpenID provider (oidc-provider) with one person, for the sign-in of the desk.
// node provider.js PORT BACK OUT: prints its issuer once it listens.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, back, out] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "bureau", client_secret: "of the tests", redirect_uris: [back], post_logout_redirect_uris: [out],
    grant_types: ["authorization_code", "refresh_token"], response_types: ["code"],
  }],
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", "profile"],
  issueRefreshToken: async () => true,
  ttl: { AccessToken: 70, Session: 600, Grant: 600, Interaction: 600, IdToken: 70, RefreshToken: 600 },
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async () => ({ scope: "openid", audience: "https://bilans.example.fr", accessTokenFormat: "jwt", accessTokenTTL: 70, jwt: { sign: { alg: "RS256" } } }),
      useGrantedResource: async () => true,
    },
  },
  extraTokenClaims: async () => ({ role: "training_organization", organization: "79455821300029", name: "Marie Lefebvre" }),
  findAccount: async (_, sub) => ({ accountId: sub, claims: async () => ({ sub, name: "Marie Lefebvre" }) }),
  cookies: { keys: ["of the tests"] },
});
createServer(provider.callback()).listen(Number(port), "127.0.0.1", () => console.log(issuer));
