// The graphql-sse client in its distinct connections mode, with a subscription that outlives its token.
import { createClient } from 'graphql-sse';

const [, , url, token] = process.argv;
const tokens = [`${token}+0.3`, token];
const connect = (authorization) =>
  createClient({ url, headers: () => ({ authorization: authorization() }), retry: async () => {} });

const client = connect(() => `Bearer ${token}`);
const subscription = [];
for await (const result of client.iterate({ query: 'subscription { count(to: 2) }' }))
  subscription.push(result.data);

const renewing = connect(() => `Bearer ${tokens.shift()}`);
const renewed = [];
for await (const result of renewing.iterate({ query: 'subscription { beats }' })) {
  renewed.push(result.data ?? result.errors[0].extensions.code);
  if (renewed.length === 3) break;
}
renewing.dispose();
console.log(JSON.stringify({ subscription, renewed }));
