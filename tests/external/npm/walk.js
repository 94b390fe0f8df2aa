// One person's screens over a normalised cache: what it shows after acts, feeds and corrections.
// node walk.js FOLDER URL TOKEN apollo|urql; a line of its input after each feed; a JSON report at its end.
import { gql } from '@apollo/client';
import { getIntrospectionQuery } from 'graphql';
import { createInterface } from 'node:readline';

const [, , folder, url, token, kind] = process.argv;

const PLAN = 'id title reportStatus jobSeeker { id lastName } organization { id legalName } session { id title pendingReportCount }';
const REPORT = 'id plan { title } jobSeeker { lastName } organization { legalName } form { durationHours }';
const COUNTERS = 'asOf fundedSessions otherSessions unreferencedPlans drafts';
const CHANGE = `plan { ${PLAN} exit { kind lastDay } } reportDashboard { ${COUNTERS} } userErrors { code path }`;
const DASHBOARD = gql`query Dashboard { reportDashboard { ${COUNTERS} } }`;
const PENDING = gql`query Pending($first: Int) { pendingPlans(first: $first) { totalCount edges { cursor node { ${PLAN} exit { kind lastDay } } } pageInfo { hasNextPage endCursor } } }`;
const ALL = gql`query All { trainingPlans(first: 100) { edges { node { ${PLAN} exit { kind lastDay } } } } }`;
const TRANSMIT = gql`mutation Transmit($input: TransmitReportInput!) { transmitReport(input: $input) { report { ${REPORT} trainingPlan { id } } ${CHANGE} } }`;
const CORRECT = gql`mutation Correct($input: CorrectReportInput!) { correctReport(input: $input) { report { ${REPORT} replaces { id } } ${CHANGE} } }`;
const EXIT = gql`mutation Exit($input: RecordPlanExitInput!) { recordPlanExit(input: $input) { ${CHANGE} } }`;
const A_PLAN = gql`query APlan($id: ID!) { node(id: $id) { ... on TrainingPlan { ${PLAN} exit { kind lastDay } } } }`;
const A_REPORT = gql`query AReport($id: ID!) { node(id: $id) { ... on Report { ${REPORT} } } }`;

async function withApollo() {
  const { client, changed } = await import(`${folder}/apollo.js`);
  const apollo = client(url, token);
  return {
    ask: async (query, variables) => (await apollo.query({ query, variables, fetchPolicy: 'network-only' })).data,
    kept: async (query, variables) => apollo.cache.readQuery({ query, variables }),
    act: async (mutation, name, input) => (await apollo.mutate({ mutation, variables: { input }, update: changed(name) })).data[name],
  };
}

async function withUrql() {
  const { client } = await import(`${folder}/graphcache.js`);
  const asked = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  const urql = client(url, token, (await asked.json()).data);
  const read = (requestPolicy) => async (query, variables = {}) => {
    const { data, error } = await urql.query(query, variables, { requestPolicy });
    if (error) throw error;
    return data ?? null;
  };
  const act = async (mutation, name, input) => {
    const { data, error } = await urql.mutation(mutation, { input });
    if (error) throw error;
    return data[name];
  };
  return { ask: read('network-only'), kept: read('cache-only'), act };
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const fed = async () => {
  console.log('feed');
  await lines.next();
};
const warnings = [];
console.warn = console.error = (...said) => warnings.push(said.join(' '));

const { ask, kept, act } = await (kind === 'apollo' ? withApollo() : withUrql());
const plain = ({ plan, jobSeeker, organization, form }) => [plan.title, jobSeeker.lastName, organization.legalName, form.durationHours];
const living = ({ session, jobSeeker, organization, title }) => [title, session.title, jobSeeker.lastName, organization.legalName];
const report = async (id) => plain((await kept(A_REPORT, { id })).node);
const plan = async (id) => living((await kept(A_PLAN, { id })).node);
const seen = {};

// The screens as they open: what is to be written, all plans, the counters.
await ask(DASHBOARD);
await ask(PENDING, { first: 1 });
await ask(PENDING, { first: 100 });
const all = (await ask(ALL)).trainingPlans.edges.map(({ node }) => node);
const [first, second] = all;
for (const { id } of all) await ask(A_PLAN, { id });
const count = async () => (await kept(A_PLAN, { id: second.id })).node.session.pendingReportCount;
seen.before = { dashboard: (await kept(DASHBOARD)).reportDashboard.fundedSessions, pending: await count() };

const form = {
  durationHours: 258, teachingModeCode: '0', certifying: false, exitLevelCode: '13', hasInternship: false,
  objective: 'Dépanner.', content: 'Brasage.', exitSituationCode: 'EMPLOI_CDI',
};
const sent = await act(TRANSMIT, 'transmitReport', { trainingPlanId: first.id, form });
const former = sent.report.id;
await ask(A_REPORT, { id: former });
seen.transmitted = {
  report: await report(former),
  status: (await kept(A_PLAN, { id: first.id })).node.reportStatus,
  pending: await count(),
  list: await kept(PENDING, { first: 100 }),
};

await fed(); // everything was renamed
await ask(A_PLAN, { id: first.id });
seen.renamed = { report: await report(former), plan: await plan(first.id) };

const corrected = await act(CORRECT, 'correctReport', {
  trainingPlanId: first.id, form: { ...form, durationHours: 260 }, reasonCode: 'ERREUR_SAISIE', expectedVersion: 1,
});
const latter = corrected.report.id;
await ask(A_REPORT, { id: latter });
await ask(A_REPORT, { id: former });
seen.corrected = { former: await report(former), latter: await report(latter), plan: await plan(first.id) };

const left = await act(EXIT, 'recordPlanExit', { trainingPlanId: second.id, kind: 'EARLY_EXIT', lastDay: '2025-10-31', reasonCode: 'REPRISE_EMPLOI' });
seen.exit = { kept: (await kept(A_PLAN, { id: second.id })).node.exit.lastDay, refused: left.userErrors };
seen.after = (await kept(DASHBOARD)).reportDashboard.fundedSessions;

await ask(PENDING, { first: 100 });
await fed(); // renamed once more
await ask(PENDING, { first: 100 });
seen.again = { former: await report(former), latter: await report(latter), other: await plan(second.id) };
seen.warnings = warnings;
console.log(JSON.stringify(seen));
process.exit(0);
