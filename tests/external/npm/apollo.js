// Apollo Client: queries and mutations over HTTP, subscriptions over graphql-ws.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [, , url, token] = process.argv;
const authorization = `Bearer ${token}`;
const socket = createClient({
  url: url.replace('http', 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { authorization },
});
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === 'subscription',
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url, headers: { authorization } }),
  ),
});

const query = await client.query({
  query: gql`query Hello($n: String!) { hello(name: $n) }`,
  variables: { n: 'Zoé' },
});
const mutation = await client.mutate({ mutation: gql`mutation Echo { echo(text: "kept") }` });
const subscribed = await new Promise((resolve, reject) => {
  const results = [];
  client.subscribe({ query: gql`subscription Count { count(to: 2) }` }).subscribe({
    next: (result) => results.push(result.data),
    error: reject,
    complete: () => resolve(results),
  });
});
const refused = await client.query({ query: gql`query Nothing { nothing }` }).catch((error) => error);
await socket.dispose();
console.log(
  JSON.stringify({
    query: query.data,
    mutation: mutation.data,
    subscription: subscribed,
    refused: refused.errors[0].message,
  }),
);
