// The same part of the schema as fastify + mercurius (JIT) + MongoDB's own driver would serve it.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { MongoClient } from 'mongodb'
import { createVerifier } from 'fast-jwt'

const { BILANS_MONGODB_URL: url, BILANS_MONGODB_DATABASE: name, BILANS_JWT_SECRET: secret } = process.env
const client = await new MongoClient(url, {
  readConcern: { level: 'majority' }, writeConcern: { w: 'majority', wtimeoutMS: 30000 }
}).connect()
const plans = client.db(name).collection('plans')
const entries = client.db(name).collection('nomenclature_entries')
const verify = createVerifier({ key: secret, cache: true })

const encode = (kind, key) => Buffer.from(`${kind}:${key}`).toString('base64url')
const keys = new Map((await client.db(name).collection('bench_keys').find().toArray()).map(each => [each._id, each.key]))
const keyOf = id => keys.get(id)
const END = '\uffff'
const PARIS = new Intl.DateTimeFormat('fr-CA', { timeZone: 'Europe/Paris' })
const today = () => PARIS.format(new Date())
const pending = siret => ({ 'organization.siret': siret, state: 'OPEN' })
const PAID = 'funding.employment_service_funded'
const instant = date => date.toISOString().replace(/(\.000)?Z$/, fraction => fraction === '.000Z' ? '+00:00' : fraction.replace('Z', '000+00:00'))

const session = plan => plan.session && {
  id: encode('TrainingSession', plan.session.id), carifNumber: plan.session.carif_number,
  agreementNumber: plan.session.agreement_number, title: plan.session.title, startsOn: plan.session.starts_on,
  endsOn: plan.session.ends_on, city: plan.session.city, durationHours: plan.session.duration_hours,
  funding: plan.session.funding
}
const person = plan => ({
  id: encode('JobSeeker', plan.job_seeker.identifier), identifier: plan.job_seeker.identifier,
  lastName: plan.job_seeker.last_name, firstName: plan.job_seeker.first_name
})
const organization = plan => ({
  id: encode('TrainingOrganization', plan.organization.siret), siret: plan.organization.siret,
  legalName: plan.organization.legal_name, phone: plan.organization.phone,
  address: { street: plan.organization.address.street, postalCode: plan.organization.address.postal_code, city: plan.organization.address.city }
})
const planOf = plan => ({
  id: encode('TrainingPlan', plan._id ?? plan.id), title: plan.session ? plan.session.title : plan.own_title ?? '',
  carifNumber: plan.session ? plan.session.carif_number : plan.own_carif_number,
  startsOn: plan.starts_on, endsOn: plan.ends_on,
  get jobSeeker () { return person(plan) },
  get session () { return session(plan) },
  get organization () { return organization(plan) }
})
const formOf = form => ({
  durationHours: form.duration_hours, teachingMode: form.teaching_mode, certifying: form.certifying,
  certification: form.certification, exitLevel: form.exit_level, hasInternship: form.has_internship,
  objective: form.objective, content: form.content, diplomaObtained: form.diploma_obtained, exitSituation: form.exit_situation
})
const reportOf = (plan, kind = 'Report') => {
  const { report } = plan
  const shown = report.facts ?? plan
  return {
    __typename: kind, id: encode('Report', plan._id), status: report.transmitted_at ? 'TRANSMITTED' : 'DRAFT',
    version: report.version, createdAt: instant(report.created_at), updatedAt: instant(report.updated_at),
    transmittedAt: report.transmitted_at && instant(report.transmitted_at),
    get plan () { return planOf(shown) },
    get organization () { return organization(shown) },
    get jobSeeker () { return person(shown) },
    get form () { return formOf(report.form) }
  }
}
const cursorOf = position => Buffer.from(position).toString('base64url')
const page = (found, first, node, position) => {
  const kept = found.slice(0, first)
  return {
    nodes: kept.map(node),
    pageInfo: { hasNextPage: found.length > first, endCursor: kept.length ? cursorOf(position(kept.at(-1))) : null }
  }
}
const counted = (name, match, distinct) => [
  { $match: match }, ...(distinct ? [{ $group: { _id: `$${distinct}` } }] : []), { $group: { _id: name, n: { $sum: 1 } } }
]

const resolvers = {
  Query: {
    node: async (_, { id }, { siret }) => {
      const plan = await plans.findOne({ _id: keyOf(id), 'organization.siret': siret })
      return plan?.report ? reportOf(plan) : null
    },
    pendingSessions: async (_, { first }, { siret }) => {
      const found = await plans.aggregate([
        { $match: { ...pending(siret), 'keys.due': { $lt: today() }, 'keys.starts_on': { $gte: '' } } },
        { $sort: { 'keys.starts_on': 1 } },
        { $group: { _id: '$keys.starts_on', plan: { $first: '$$ROOT' } } },
        { $sort: { _id: 1 } }, { $limit: first + 1 }, { $replaceRoot: { newRoot: '$plan' } }
      ]).toArray()
      return page(found, first, session, plan => plan.keys.starts_on)
    },
    reportDashboard: async (_, __, { siret }) => {
      const due = { 'keys.due': { $lt: today() } }
      const union = pipeline => ({ $unionWith: { coll: 'plans', pipeline } })
      const found = await plans.aggregate([
        ...counted('fundedSessions', { ...pending(siret), ...due, [PAID]: true, 'keys.starts_on': { $gte: '' } }, 'keys.starts_on'),
        union(counted('otherSessions', { ...pending(siret), ...due, [PAID]: false, 'keys.starts_on': { $gte: '' } }, 'keys.starts_on')),
        union(counted('unreferencedPlans', { ...pending(siret), ...due, 'keys.session': '' })),
        union(counted('drafts', { 'organization.siret': siret, state: 'DRAFT', 'keys.drafted': { $gt: '' } }))
      ]).toArray()
      const counts = { asOf: today(), fundedSessions: 0, otherSessions: 0, unreferencedPlans: 0, drafts: 0 }
      for (const { _id, n } of found) counts[_id] = n
      return counts
    },
    pendingPlans: async (_, { trainingSessionId, first }, { siret }) => {
      const found = await plans.aggregate([
        { $match: { ...pending(siret), 'keys.session': keyOf(trainingSessionId), 'keys.due': { $lt: today() } } },
        { $sort: { 'keys.due': 1 } }, { $limit: first + 1 }
      ]).toArray()
      return page(found, first, planOf, plan => plan.keys.due)
    }
  },
  Mutation: {
    saveReportDraft: async (_, { input: { trainingPlanId, form, expectedVersion } }, { siret }) => {
      const typed = { TEACHING_MODE: form.teachingModeCode, EXIT_LEVEL: form.exitLevelCode, EXIT_SITUATION: form.exitSituationCode }
      const known = await entries.find({ $or: Object.entries(typed).map(([name, code]) => ({ name, code })) }).toArray()
      const entry = name => known.filter(each => each.name === name).map(({ code, label }) => ({ code, label }))[0] ?? null
      const plan = await plans.findOne({ _id: keyOf(trainingPlanId), 'organization.siret': siret })
      if ((plan.report?.version ?? null) !== (expectedVersion ?? null)) {
        return { report: reportOf(plan), userErrors: [{ code: 'STALE_VERSION', message: 'Relisez.', path: ['expectedVersion'] }] }
      }
      const now = new Date()
      const version = plan.report_version + 1
      const report = {
        version, created_at: plan.report?.created_at ?? now, updated_at: now,
        form: {
          duration_hours: form.durationHours, teaching_mode: entry('TEACHING_MODE'), certifying: form.certifying, certification: null,
          exit_level: entry('EXIT_LEVEL'), has_internship: form.hasInternship, internship: null, objective: form.objective?.trim(),
          content: form.content?.trim(), diploma_obtained: form.diplomaObtained, exit_situation: entry('EXIT_SITUATION')
        },
        transmitted_at: null, facts: null, sha256: null
      }
      await plans.updateOne(
        { _id: plan._id, revision: plan.revision, 'organization.siret': siret },
        { $set: { report, report_version: version, state: 'DRAFT', keys: plan.keys }, $inc: { revision: 1 } }
      )
      return { report: reportOf({ ...plan, report, report_version: version }), userErrors: [] }
    }
  },
  Funding: { employmentServiceFunded: funding => funding.employment_service_funded }
}

const app = Fastify()
await app.register(mercurius, {
  schema: readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
  resolvers, jit: 1,
  context: request => {
    const claims = verify(request.headers.authorization.slice(7))
    return { siret: claims.organization }
  }
})
await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' })
