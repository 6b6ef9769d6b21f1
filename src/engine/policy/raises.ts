/**
 * Whether one version of a policy can only raise what another gives: the ground on which a hotfix may go before its approval.
 * Whatever is not known to raise, or to change words alone, stands against the proof; so does any property that this file
 * does not know. Pure.
 */
import { canonical } from '../hash.ts'
import { changedProperties } from './diff-match.ts'
import { checkIndicators, checkLevels, checkRules } from './raises-items.ts'
import { type Against, isSubset, kept, otherwise } from './raises-match.ts'
import { checkResponses, checkRouting, checkUrgency } from './raises-routes.ts'
import type { PolicyDocument } from './shape.ts'

export interface Raising {
  readonly ok: boolean
  /** Everything that stands against it, in words; empty when it is proved. */
  readonly because: readonly string[]
}

/**
 * Proves that for every referral the low and the high end of the range and the floor are no less under `to` than under
 * `from`; that where a level is stated under both, the most serious response is no less serious; and that nothing is less
 * urgent by itself, and no gate, question or oversight is lost. It may fail to prove what is so; it never proves what is not.
 */
export function onlyRaises(from: PolicyDocument, to: PolicyDocument): Raising {
  // Ranks mean the same on both sides only where the levels are the same; the rest could not be compared.
  const levels = checkLevels(from, to)
  const because = levels.length > 0 ? levels : everything(from, to)
  return { ok: because.length === 0, because: [...new Set(because)] }
}

function everything(from: PolicyDocument, to: PolicyDocument): Against {
  return [
    ...checkDocument(from, to),
    ...checkIndicators(from, to),
    ...checkRules(from, to),
    ...checkRouting(from, to),
    ...checkResponses(from, to),
    ...checkUrgency(from, to),
    ...checkVocabulary(from, to),
    ...checkConduct(from, to),
    ...checkLetters(from, to),
  ]
}

const KNOWN = [
  'format',
  'document',
  'levels',
  'domains',
  'measures',
  'indicators',
  'facts',
  'rules',
  'clusters',
  'points',
  'gates',
  'routing',
  'responses',
  'urgency',
  'questions',
  'quality',
  'oversight',
  'services',
  'letters',
  'provenance',
] as const

/** The same document on the same statutory pack; a section that nobody here knows stays as it is. */
function checkDocument(from: PolicyDocument, to: PolicyDocument): Against {
  const against = otherwise('the policy', { ...from }, { ...to }, KNOWN)
  for (const property of ['id', 'statutory'] as const)
    if (from.document[property] !== to.document[property])
      against.push(`“${property}” is ${to.document[property]}, and was ${from.document[property]}.`)
  return against
}

/** Domains, measures, facts, gates and questions stay; there may be more of them, save gates. */
function checkVocabulary(from: PolicyDocument, to: PolicyDocument): Against {
  const words = ['question', 'because', 'citation']
  return [
    ...kept('domain', from.domains, to.domains, {
      codeOf: ({ code }) => code,
      compare: (old, now) => otherwise(`the domain ${now.code}`, old, now, ['label']),
    }),
    ...kept('measure', from.measures, to.measures, {
      codeOf: ({ name }) => name,
      compare: (old, now) => otherwise(`the measure ${now.name}`, old, now, ['label']),
    }),
    ...kept('fact', from.facts, to.facts, {
      codeOf: ({ code }) => code,
      compare: (old, now) => otherwise(`the fact ${now.code}`, old, now, words),
    }),
    ...kept('gate', from.gates, to.gates, {
      codeOf: ({ id }) => id,
      compare: (old, now) => otherwise(`the gate ${now.id}`, old, now, words),
      added: ({ id }) => [`The gate ${id} is new: it could send a child elsewhere.`],
    }),
    ...kept('question', from.questions, to.questions, {
      codeOf: ({ id }) => id,
      compare: (old, now) => otherwise(`the question ${now.id}`, old, now, ['ask', 'because', 'citation']),
    }),
  ]
}

/** The checklist, services and oversight: nothing is looked at by fewer people, later, or offered to fewer. */
function checkConduct(from: PolicyDocument, to: PolicyDocument): Against {
  return [
    ...kept('feature of quality', from.quality, to.quality, {
      codeOf: ({ feature }) => feature,
      compare: (old, now) => otherwise(`the feature ${now.feature}`, old, now, ['advice']),
      added: ({ feature }) => [`The feature ${feature} is new: it changes what a referral is worth.`],
    }),
    ...kept('service', from.services, to.services, {
      codeOf: ({ code }) => code,
      compare: (old, now) => [
        ...otherwise(`the service ${now.code}`, old, now, ['name', 'description', 'contact', 'levels', 'categories']),
        ...(isSubset(old.levels, now.levels) && isNarrowed(old.categories, now.categories) === false
          ? []
          : [`The service ${now.code} is offered to fewer.`]),
      ],
    }),
    ...checkOversight(from, to),
  ]
}

/** No categories means all of them. */
function isNarrowed(old: readonly string[], now: readonly string[]): boolean {
  return now.length > 0 && (old.length === 0 || !isSubset(old, now))
}

function checkOversight({ oversight: from }: PolicyDocument, { oversight: to }: PolicyDocument): Against {
  const against = otherwise('oversight', from, to, ['secondScreening', 'signOff', 'overrideReasons'])
  const { secondScreening: screened, signOff: signed } = from
  const second = otherwise('second screening', screened, to.secondScreening, ['responses', 'randomPercent'])
  const signing = otherwise('the sign-off', signed, to.signOff, ['responses', 'withinWorkingDays'])
  against.push(...second, ...signing)
  if (
    !isSubset(screened.responses, to.secondScreening.responses) ||
    to.secondScreening.randomPercent < screened.randomPercent
  )
    against.push('Fewer decisions are screened a second time.')
  if (!isSubset(signed.responses, to.signOff.responses) || to.signOff.withinWorkingDays > signed.withinWorkingDays)
    against.push('Fewer decisions are signed off, or later.')
  const codes = (reasons: PolicyDocument['oversight']['overrideReasons']): string =>
    canonical(reasons.map(({ code }) => code).sort())
  if (codes(from.overrideReasons) !== codes(to.overrideReasons))
    against.push('The reasons for which a recommendation may be overridden are not the same.')
  return against
}

/**
 * What a letter says neither raises nor lowers what a child gets. It stands against the proof all the same: a hotfix goes before
 * its approval because a child is missed tonight, and no other wording finds one. It could tell a family what it must not know,
 * or a referrer less, before a second person has read it; and a letter that was sent cannot be taken back.
 */
function checkLetters({ letters: from = {} }: PolicyDocument, { letters: to = {} }: PolicyDocument): Against {
  return changedProperties(from, to).map(
    (name) => `The letter “${name}” is changed: that raises nothing, and waits for its approval.`,
  )
}
