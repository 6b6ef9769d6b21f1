/**
 * A record after the Algorithmic Transparency Recording Standard, in its two tiers, for one authority: what the service can say
 * of itself is filled in from what runs; what only the authority can say is left open, and says so.
 */
import type { Policy } from '../engine/index.ts'
import type { Rule } from '../features/retention/rules.ts'
import type { Operation } from '../kernel/operation.ts'
import type { Volumes } from './queries.ts'

export interface AtrsFacts {
  readonly authority: { readonly code: string; readonly name: string }
  /** Instants: when it is made, and from when on is counted. */
  readonly now: string
  readonly since: string
  readonly product: string
  readonly engineSemantics: string
  /** The policy in force; null where there is none today. */
  readonly policy: { readonly compiled: Policy; readonly effectiveFrom: string } | null
  readonly publishedVersions: number
  readonly volumes: Volumes
  readonly holders: readonly { readonly role: string; readonly kind: string; readonly accounts: number }[]
  readonly operations: readonly Operation[]
  /** How long referrals are kept, as the authority has said. */
  readonly retention: readonly Pick<Rule, 'class' | 'years' | 'countedFrom' | 'legalBasis'>[]
}

export interface AtrsField {
  readonly section: string
  readonly field: string
  /** Null: the authority has to say it. */
  readonly value: string | null
}

export interface AtrsRecord {
  readonly standard: string
  readonly madeAt: string
  readonly authority: string
  readonly product: string
  readonly policy: Readonly<Record<string, string>> | null
  readonly figures: Readonly<Record<string, string>>
  readonly fields: readonly AtrsField[]
}

/** Counts are rounded to this, so that no child can be worked out from them. */
const ROUNDED_TO = 5
/** Shares are given from so many on. */
const SHARES_FROM = 50

export function atrsRecord(facts: AtrsFacts): AtrsRecord {
  const { authority, now, product, policy } = facts
  return {
    standard: 'Algorithmic Transparency Recording Standard, template 3.0 (sections by name)',
    madeAt: now,
    authority: authority.name,
    product,
    policy: policy && policyFacts(policy),
    figures: figuresOf(facts),
    fields: [...tierOne(facts), ...decisionProcess(facts), ...specification(facts), ...risks()],
  }
}

function policyFacts({ compiled, effectiveFrom }: NonNullable<AtrsFacts['policy']>): Record<string, string> {
  const { id, version, hash, statutory, document } = compiled
  return {
    title: document.document.title,
    id,
    version,
    hash,
    effectiveFrom,
    reviewDue: document.document.reviewDue,
    statutoryPack: `${statutory.id} ${statutory.version}`,
    statutoryHash: statutory.hash,
  }
}

const rounded = (count: number): number => Math.round(count / ROUNDED_TO) * ROUNDED_TO

/** Of rounded counts as well: an exact share would give the exact count away. */
export function share(part: number, whole: number): string {
  if (whole < SHARES_FROM) return `not given below ${SHARES_FROM}`
  return `${Math.round((rounded(part) / rounded(whole)) * 100)} %`
}

function figuresOf({ volumes, since, now, publishedVersions }: AtrsFacts): Record<string, string> {
  const { decisions, movements } = volumes
  const total = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((sum, each) => sum + each, 0)
  const [decided, judged] = [total(decisions), total(movements)]
  const departed = decided - (decisions['none'] ?? 0) - (decisions['after_withholding'] ?? 0)
  return {
    period: `${since.slice(0, 10)} to ${now.slice(0, 10)}`,
    referrals: `${rounded(volumes.referrals)}`,
    recommendations: `${rounded(volumes.recommendations)}`,
    'recommendations withheld for a person': share(volumes.withheld, volumes.recommendations),
    decisions: `${rounded(decided)}`,
    'decisions that departed from the recommendation': share(departed, decided),
    'decisions above the recommendation': share(decisions['raised'] ?? 0, decided),
    'decisions below the recommendation': share(decisions['lowered'] ?? 0, decided),
    'own judgements kept after the recommendation was seen': share(movements['kept'] ?? 0, judged),
    'decisions challenged': `${rounded(volumes.challenges)}`,
    'published versions of the policy': `${publishedVersions}`,
    rounding: `Counts are rounded to the nearest ${ROUNDED_TO}; shares are of rounded counts.`,
  }
}

function tierOne({ authority, policy }: AtrsFacts): AtrsField[] {
  const section = 'Tier 1: overview'
  return [
    { section, field: 'Name', value: `Threshold at ${authority.name}` },
    {
      section,
      field: 'Description',
      value: `The children’s social care front door compares what a referral says with the authority’s published threshold document${policy ? ` (“${policy.compiled.document.document.title}”)` : ''} and shows, child by child, the level and the response that the document recommends, with the reasons and the places in the document. ${judgingOf(policy)}`,
    },
    {
      section,
      field: 'Why it is used',
      value:
        'So that like referrals are met alike, that nothing the document calls urgent is overlooked, and that the reason for each decision can be read years later.',
    },
    { section, field: 'Website and contact', value: null },
    ...['Organisation and team', 'Senior responsible owner', 'Supplier, procurement and access to data'].map(
      (field) => ({ section: 'Tier 2: owner and responsibility', field, value: null }),
    ),
    {
      section: 'Tier 2: description and rationale',
      field: 'Scope',
      value:
        'Referrals to the front door. It is not for allegations against professionals, for adults, or for work after the front door.',
    },
    { section: 'Tier 2: description and rationale', field: 'Previous process and alternatives', value: null },
  ]
}

/** When whoever decides is shown the recommendation, as the policy in force has it. */
function judgingOf(policy: AtrsFacts['policy']): string {
  const blindFirst = policy?.compiled.document.oversight.blindFirst
  if (blindFirst === undefined) return 'A qualified person decides, and writes down a judgement of their own.'
  return blindFirst
    ? 'A qualified person first writes down a judgement of their own, then sees the recommendation, and decides. Of immediate danger, and what the document asks for then, they are told at once.'
    : 'The policy shows the recommendation at once. A qualified person writes down a judgement of their own all the same, and decides.'
}

function decisionProcess(facts: AtrsFacts): AtrsField[] {
  const section = 'Tier 2: decision-making process'
  const oversight = facts.policy?.compiled.document.oversight
  const deciding = facts.operations.find(({ name }) => name === 'recordDecision')?.allow ?? []
  const people = facts.holders.filter(({ kind }) => kind === 'human')
  return [
    {
      section,
      field: 'Integration into the process',
      value: `Referral, own judgement, recommendation, decision, where needed a second screening and a sign-off, letter to the referrer. ${judgingOf(facts.policy)}`,
    },
    {
      section,
      field: 'Human decisions and review',
      value: `No decision is made by the tool; the database refuses one by a system. Decisions are for the roles ${deciding.join(', ')} with the qualification${oversight ? ` ${oversight.decision.qualification}, within ${oversight.decision.withinWorkingDays} working day(s). ${oversight.secondScreening.randomPercent} % of decisions are drawn for a second screening by somebody who knows nothing of the first; ${oversight.secondScreening.responses.length} response(s) always are` : ''}. Below the recommendation a coded reason and a second qualified person are needed.`,
    },
    {
      section,
      field: 'Appeals and review',
      value: oversight
        ? `A challenge goes up ${oversight.escalation.length} stage(s): ${oversight.escalation.map(({ role, withinWorkingDays }) => `${role} (${withinWorkingDays} working day(s))`).join(', ')}. It goes up by itself when nobody answers. Families are told in the letter whom to ask.`
        : null,
    },
    { section, field: 'Required training', value: null },
    { section, field: 'Frequency and scale of usage', value: 'See the figures.' },
    {
      section,
      field: 'Who may use it',
      value: people.map(({ role, accounts }) => `${role}: ${accounts}`).join(', ') || 'No account of a person yet.',
    },
  ]
}

function specification({ engineSemantics, policy, operations, product, retention }: AtrsFacts): AtrsField[] {
  const section = 'Tier 2: tool specification'
  const compiled = policy?.compiled
  return [
    {
      section,
      field: 'System architecture',
      value: `${product}: one process and one PostgreSQL database, with an API of ${operations.length} operations over REST and GraphQL. Rows of one authority are kept from every other by the database.`,
    },
    { section, field: 'Phase', value: null },
    {
      section,
      field: 'Model',
      value: `None is learnt. Rules that people wrote are evaluated (semantics ${engineSemantics}); the same input gives the same bytes, and each result names the hashes of all that went into it.${compiled ? ` ${compiled.levels.length} levels, ${compiled.indicators.length} indicators, ${compiled.rules.length} rules, ${compiled.clusters.length} clusters, ${compiled.triggers.length} statutory triggers.` : ''}`,
    },
    {
      section,
      field: 'Maintenance',
      value: `A new version is written, checked, rehearsed over stored referrals, approved and published by different people.${compiled ? ` Review is due on ${compiled.document.document.reviewDue}.` : ''}`,
    },
    {
      section,
      field: 'Data',
      value:
        'What a referral says and earlier referrals of the same child. See the data map. Names, dates of birth, addresses and narrative are not scored.',
    },
    {
      section,
      field: 'Sensitive attributes',
      value:
        'No condition can name ethnicity, sex, language, nationality or a code of disability, and what is scored does not carry them. Age enters where the document names it.',
    },
    {
      section,
      field: 'Retention',
      value:
        retention
          .map(
            ({ class: of, years, countedFrom, legalBasis }) =>
              `${of}: ${years} years from ${countedFrom} (${legalBasis})`,
          )
          .join('; ') || 'No rule has been made yet: nothing is ever due.',
    },
    { section, field: 'Data sharing agreements', value: null },
  ]
}

function risks(): AtrsField[] {
  const section = 'Tier 2: risks, mitigations and impact assessments'
  return [
    {
      section,
      field: 'Risks and mitigations',
      value:
        'docs/safety/hazard-log.yaml: each hazard with its controls and the tests that hold them; docs/threat-model.md.',
    },
    { section, field: 'Data protection impact assessment', value: null },
    { section, field: 'Equality impact assessment', value: null },
  ]
}
