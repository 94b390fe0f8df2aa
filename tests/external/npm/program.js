// A certified OpenID provider (oidc-provider) that gives tokens to one program, and whose keys rotate.
// node program.js PORT CLAIMS: prints its issuer once it listens; each line of its input, `rotate` or `withdraw`, is repeated when it is done.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const [port, claims] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
let made = 0;
const fresh = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: `key-${(made += 1)}`, alg: 'RS256', use: 'sig',
});

let keys = [fresh()];
const provider = () =>
  new Provider(issuer, {
    jwks: { keys },
    clients: [{ client_id: 'program', client_secret: 'of the tests', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async () => ({ scope: '', audience: 'bilans', accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg: 'RS256' } } }),
      },
    },
    extraTokenClaims: async () => JSON.parse(claims),
    cookies: { keys: ['of the tests'] },
  }).callback();

let answer = provider();
createServer((request, response) => answer(request, response)).listen(Number(port), '127.0.0.1', () => console.log(issuer));
for await (const line of createInterface({ input: process.stdin })) {
  keys = line === 'rotate' ? [fresh(), ...keys] : keys.slice(0, 1);
  answer = provider();
  console.log(line);
}
