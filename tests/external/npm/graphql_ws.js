// The graphql-ws client: a query, a mutation, a subscription, and one that outlives its token.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [, , url, token] = process.argv;
const tokens = [`${token}+0.3`, token];
const connect = (connectionParams) =>
  createClient({ url, webSocketImpl: WebSocket, connectionParams, retryWait: async () => {} });

const all = async (client, payload) => {
  const results = [];
  for await (const result of client.iterate(payload)) results.push(result.data);
  return results;
};
const firstOf = async (client, query, count) => {
  const results = [];
  for await (const result of client.iterate({ query })) {
    results.push(result.data);
    if (results.length === count) break;
  }
  return results;
};

const client = connect({ Authorization: `Bearer ${token}` });
const report = {
  query: await all(client, { query: 'query($n: String!) { hello(name: $n) }', variables: { n: 'Zoé' } }),
  mutation: await all(client, { query: 'mutation { echo(text: "kept") }' }),
  subscription: await all(client, { query: 'subscription { count(to: 2) }' }),
  refused: await all(client, { query: '{ nothing }' }).catch((errors) => errors[0].message),
};
await client.dispose();

const renewing = connect(() => ({ Authorization: `Bearer ${tokens.shift()}` }));
report.renewed = await firstOf(renewing, 'subscription { beats }', 2);
await renewing.dispose();

const unknown = connect({ Authorization: 'Bearer nobody' });
report.unknown = await all(unknown, { query: '{ me }' }).catch((event) => event.code);
console.log(JSON.stringify(report));
