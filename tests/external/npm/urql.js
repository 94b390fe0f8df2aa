// urql: it accepts event streams in every request, and reads subscriptions from them.
import { Client, fetchExchange } from '@urql/core';

const [, , url, token] = process.argv;
const client = new Client({
  url,
  exchanges: [fetchExchange],
  fetchSubscriptions: true,
  preferGetMethod: false,
  fetchOptions: { headers: { authorization: `Bearer ${token}` } },
});

const subscribed = await new Promise((resolve) => {
  const results = [];
  client.subscription('subscription { count(to: 2) }', {}).subscribe((result) => {
    // At the end urql tells the last result again, with nothing next.
    if (result.hasNext) results.push(result.data ?? String(result.error));
    else resolve(results);
  });
});
const query = await client.query('query($n: String!) { hello(name: $n) }', { n: 'Zoé' });
const mutation = await client.mutation('mutation { echo(text: "kept") }', {});
const refused = await client.query('{ nothing }', {});
console.log(
  JSON.stringify({
    query: query.data,
    mutation: mutation.data,
    subscription: subscribed,
    refused: refused.error.graphQLErrors[0].message,
  }),
);
