/** What is wrong with a case before it is run: codes that do not exist, and expectations that nothing could fail. */
import type { Policy } from '../policy/policy.ts'
import { problemAt, type ReadFile } from '../policy/read.ts'
import { type Path, type Problem, suggestion } from '../problem.ts'
import type { Case, Expectation } from './shape.ts'

export function expectationProblems(policy: Policy, cases: readonly Case[], read: ReadFile): Problem[] {
  const known = knownCodes(policy)
  return cases.flatMap(({ id, expect }, i) => {
    const list = Array.isArray(expect) ? expect : [expect]
    return list.flatMap((expected, e) => {
      const path: Path = ['cases', i, 'expect', ...(Array.isArray(expect) ? [e] : [])]
      const unknown = wrongCodes(known, expected).map(({ at, code, what, codes }) =>
        problemAt(read, [...path, ...at], {
          code: 'unknown-code',
          message: `Case ${id}: there is no ${what} “${code}”.${suggestion(code, codes)}`,
        }),
      )
      if (saysSomething(expected)) return unknown
      const message = `Case ${id} expects nothing, so it cannot fail. Say what has to come out.`
      return [...unknown, problemAt(read, path, { code: 'case-expects-nothing', message })]
    })
  })
}

function saysSomething({ child: _, ...expected }: Expectation): boolean {
  return Object.values(expected).some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined))
}

type Kind = 'level' | 'urgency band' | 'response' | 'reason' | 'gate' | 'requirement' | 'step or level'

function knownCodes({ document, pack }: Policy): Record<Kind, ReadonlySet<string>> {
  return {
    level: new Set(document.levels.map(({ code }) => code)),
    'urgency band': new Set(document.urgency.bands.map(({ code }) => code)),
    response: new Set(document.responses.map(({ code }) => code)),
    reason: new Set([
      ...document.indicators.map(({ code }) => code),
      ...document.rules.map(({ id }) => id),
      ...document.clusters.map(({ id }) => id),
      ...pack.triggers.map(({ code }) => code),
      ...(document.points?.cutoffs ?? []).map(({ points }) => `points-${points}`),
    ]),
    requirement: new Set((document.requirements ?? []).map(({ id }) => id)),
    'step or level': new Set([
      ...(document.transitions ?? []).map(({ id }) => id),
      ...document.levels.map(({ code }) => code),
    ]),
    gate: new Set(document.gates.flatMap(({ id, outcome }) => [id, outcome])),
  }
}

interface Wrong {
  readonly at: Path
  readonly code: string
  readonly what: Kind
  readonly codes: ReadonlySet<string>
}

type Many =
  | 'responses'
  | 'alternatives'
  | 'notResponses'
  | 'reasons'
  | 'notReasons'
  | 'unmet'
  | 'notUnmet'
  | 'transitions'
  | 'notTransitions'

/** A misspelt code under what must not come out would never be noticed. */
function wrongCodes(known: ReturnType<typeof knownCodes>, expected: Expectation): Wrong[] {
  const one = (key: 'level' | 'low' | 'high' | 'urgency' | 'redirected', what: Kind): Wrong[] => {
    const code = expected[key]
    return code === undefined || known[what].has(code) ? [] : [{ at: [key], code, what, codes: known[what] }]
  }
  const many = (key: Many, what: Kind): Wrong[] =>
    (expected[key] ?? []).flatMap((code, i) =>
      known[what].has(code) ? [] : [{ at: [key, i], code, what, codes: known[what] }],
    )
  return [
    ...one('level', 'level'),
    ...one('low', 'level'),
    ...one('high', 'level'),
    ...one('urgency', 'urgency band'),
    ...one('redirected', 'gate'),
    ...many('responses', 'response'),
    ...many('alternatives', 'response'),
    ...many('notResponses', 'response'),
    ...many('reasons', 'reason'),
    ...many('notReasons', 'reason'),
    ...many('unmet', 'requirement'),
    ...many('notUnmet', 'requirement'),
    ...many('transitions', 'step or level'),
    ...many('notTransitions', 'step or level'),
  ]
}
