// Runs the audits of GraphQL over HTTP that the npm package graphql-http brings.
import { serverAudits } from 'graphql-http';

const [, , url, token] = process.argv;
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
