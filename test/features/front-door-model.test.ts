// Random people do random things to a decision. What docs/STATES.md does not allow must be refused, and nothing is ever
// complete that lacks a qualified person, an own judgement, a rationale, a pinned recommendation or an entry of the log.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { received } from '../support/flow.ts'
import { acceptance, closed, levelFour, levelThree, levelTwo, low } from '../support/referrals.ts'
import type { Call, Json } from '../support/surfaces.ts'
import { type AccountName, type Authority, openWorld } from '../support/world.ts'

const RUNS = Number(process.env['MODEL_RUNS'] ?? 4)
const STEPS = 20
const world = await openWorld(t)

/** state → operation → the states that it may lead to. */
const TABLE = new Map<string, Map<string, readonly string[]>>()
const text = readFileSync(new URL('../../docs/STATES.md', import.meta.url), 'utf8')
for (const [, state = '', operation = '', to = ''] of text.matchAll(/^\| (\w+) \| `(\w+)` \| ([\w, ]+) \|$/gm)) {
  const row = TABLE.get(state) ?? new Map()
  TABLE.set(state, row.set(operation, to.split(', ')))
}
const reached = new Set<string>()

const PEOPLE: AccountName[] = [
  'screener',
  'secondScreener',
  'secondSupervisor',
  'secondScreener',
  'supervisor',
  'secondSupervisor',
  'officer',
  'robot',
  'panel',
]
const OPERATIONS = [
  'judge',
  'recordDecision',
  'recordDecision',
  'pickUpSecondScreening',
  'releaseSecondScreening',
  'judgeSecond',
  'judgeSecond',
  'reconcileDecision',
  'returnDecision',
  'signOffDecision',
  'reviseReferral',
  'recommendReferral',
  'wait',
] as const

interface Step {
  readonly operation: (typeof OPERATIONS)[number] | 'allowed'
  readonly who: AccountName
  /** Which of the ways to do it. */
  readonly way: number
}

const step: fc.Arbitrary<Step> = fc.record({
  // Mostly something that the table allows in the state at hand, else chance would hardly leave the first state.
  operation: fc.oneof(
    { arbitrary: fc.constant('allowed' as const), weight: 3 },
    { arbitrary: fc.constantFrom(...OPERATIONS), weight: 2 },
  ),
  who: fc.constantFrom(...PEOPLE),
  way: fc.nat(3),
})

/** A referral that has been judged by three people and decided on, so that what follows is reached as well. */
async function begin(on: Call, start: number): Promise<string> {
  const body = [low(), levelTwo(), levelThree(), levelFour()][start % 4] as ReturnType<typeof low>
  const referralId = await received(on, body)
  await on('system', 'recommendReferral', { params: { referralId } })
  return referralId
}

class Case {
  readonly on: Call
  readonly referralId: string

  constructor(la: Authority, referralId: string) {
    this.on = (...args) => la.call('REST', ...args)
    this.referralId = referralId
  }

  /** The decision that stands, as the panel sees it, to whom nothing is hidden. */
  async standing(): Promise<Json> {
    const { data } = await this.on('panel', 'decisions', { params: { referral: this.referralId } })
    return data.edges.map(({ node }: Json) => node).find(({ supersededBy }: Json) => supersededBy === null)
  }

  async recommendation(): Promise<Json> {
    const { data } = await this.on('panel', 'referralRecommendations', { params: { referralId: this.referralId } })
    return data.recommendations[0]
  }

  /** What is allowed now, taken in hand first where that is asked for. */
  async resolved({ operation, who, way }: Step): Promise<Step> {
    if (operation !== 'allowed') return { operation, who, way }
    const standing = await this.standing()
    const ways = [...(TABLE.get(standing?.state ?? 'none')?.keys() ?? [])] as Step['operation'][]
    const chosen = ways.filter((name) => name !== 'pickUpSecondScreening')[way % ways.length] ?? 'recordDecision'
    if (standing?.state === 'awaiting_second_screening' && chosen !== 'recordDecision')
      await this.on(who, 'pickUpSecondScreening', { params: { decisionId: standing.id } })
    if (chosen === 'recordDecision') await this.take({ operation: 'judge', who, way }, standing)
    return { operation: chosen, who, way }
  }

  async take({ operation, who, way }: Step, standing: Json) {
    const recommendation = await this.recommendation()
    const { level, responses } = recommendation.content
    const params = { decisionId: standing?.id ?? recommendation.id }
    const view = { level: ['L1', 'L2', level.code, level.code][way], indicators: ['FAM-01'], reasons: 'As I see it.' }
    const body = {
      judge: { revision: recommendation.revision, children: [{ child: 'a', ...view }] },
      recordDecision: this.decision(way, recommendation, standing),
      judgeSecond: { ...view, response: way === 0 ? 'universal-services' : responses[0].code },
      reconcileDecision: { stands: way > 0, reasons: 'We talked.' },
      returnDecision: { reasons: 'Ring the school first.' },
      signOffDecision: { notes: 'I have read it.' },
      reviseReferral: {
        basedOn: recommendation.revision,
        reason: 'News',
        content: [levelTwo(), levelThree()][way % 2],
      },
    }[operation as string]
    const path: Record<string, object> = {
      judge: { referralId: this.referralId },
      reviseReferral: { referralId: this.referralId },
      recommendReferral: { referralId: this.referralId },
      recordDecision: { recommendationId: recommendation.id },
    }
    const request = { params: { ...(path[operation] ?? params) }, ...(body ? { body } : {}) }
    return await this.on(operation === 'reviseReferral' ? 'referrer' : who, operation, request)
  }

  decision(way: number, recommendation: Json, standing: Json): object {
    const supersedes = standing ? { supersedes: standing.id } : {}
    const less = { overrideReason: 'seen-and-heard', statutoryReason: 'The discussion was held this morning.' }
    const lower = { level: 'L1', response: 'universal-services', rationale: 'Less.', closing: closed(), ...less }
    const higher = { level: 'L4', response: 'strategy-discussion', rationale: 'More.' }
    const accepted = acceptance(recommendation)
    return { ...([lower, higher, accepted, accepted][way] ?? accepted), ...supersedes }
  }
}

async function carryOut(la: Authority, start: number, steps: readonly Step[]): Promise<void> {
  const it = new Case(la, await begin((...args) => la.call('REST', ...args), start))
  const all: Step[] = [
    { operation: 'judge', who: 'screener', way: 2 },
    { operation: 'judge', who: 'supervisor', way: 2 },
    { operation: 'recordDecision', who: start % 2 === 0 ? 'screener' : 'supervisor', way: start % 4 },
    ...steps,
  ]
  for (const drawn of all) {
    const one = await it.resolved(drawn)
    if (one.operation === 'wait') {
      world.clock.now += (one.way + 1) * 5 * 60_000
      continue
    }
    const before = await it.standing()
    const answer = await it.take(one, before)
    if (answer.status >= 500) throw new Error(`${one.operation} by ${one.who}: ${answer.text}`)
    const after = await it.standing()
    const from = before?.state ?? 'none'
    const said = `${from} –${one.operation} by ${one.who}→ ${after?.state} (${answer.status} ${answer.code ?? ''})`
    const allowed = TABLE.get(from)?.get(one.operation)
    if (answer.status >= 400) {
      if (after?.state !== before?.state || after?.id !== before?.id) throw new Error(`refused, and yet: ${said}`)
      continue
    }
    if (!['judge', 'reviseReferral', 'recommendReferral'].includes(one.operation)) {
      if (!allowed) throw new Error(`not in the table: ${said}`)
      if (!allowed.includes(after.state)) throw new Error(`leads elsewhere: ${said}`)
      reached.add(`${from} ${one.operation} ${after.state}`)
    } else if (after?.state !== before?.state) throw new Error(`changes a decision: ${said}`)
  }
}

/** Completions that lack anything. Read with the rights of the owner, from the tables alone. */
const LACKING = `
  select c.decision_id from decision_completions c
  left join decisions d on d.authority_id = c.authority_id and d.id = c.decision_id
  left join accounts a on a.authority_id = d.authority_id and a.id = d.decided_by
  left join judgements j on j.authority_id = d.authority_id and j.id = d.judgement_id
  left join recommendations r on r.authority_id = d.authority_id and r.id = d.recommendation_id
  left join audit_entries e on e.authority_id = c.authority_id and e.position = c.audit_position
  left join sign_offs s on s.authority_id = d.authority_id and s.decision_id = d.id
  left join account_roles sr on sr.authority_id = s.authority_id and sr.account_id = s.signed_by and sr.role = 'supervisor'
  left join judgements second on second.authority_id = d.authority_id
    and (second.decision_id = d.id or second.id = d.agrees_with)
  where a.kind is distinct from 'human' or a.qualification is distinct from 'social_work'
    or j.judged_by is distinct from d.decided_by or j.judged_at > d.decided_at or j.revision <> d.revision
    or btrim(coalesce(d.rationale, '')) = '' or r.content_hash is null or r.revision <> d.revision
    or e.event is distinct from 'decision.completed'
    or (cardinality(d.second_screening_because) > 0 and (second.id is null or second.judged_by = d.decided_by))
    or (cardinality(d.sign_off_because) > 0 and (sr.account_id is null or s.signed_by in (d.decided_by, second.judged_by)))
    or (d.departure in ('lowered', 'other_response') and s.id is null)
    or exists (select from decision_returns x where x.authority_id = d.authority_id and x.decision_id = d.id)`

t.test('no walk through the states completes a decision that lacks anything', async (t) => {
  const la = await world.authority()
  await fc.assert(
    fc.asyncProperty(fc.nat(7), fc.array(step, { minLength: 8, maxLength: STEPS }), async (start, steps) => {
      await carryOut(la, start, steps)
      const lacking = await world.sql(LACKING)
      if (lacking.length > 0) throw new Error(`complete, and lacks something: ${JSON.stringify(lacking)}`)
    }),
    {
      numRuns: RUNS,
      endOnFailure: true,
      ...(process.env['MODEL_SEED'] ? { seed: Number(process.env['MODEL_SEED']) } : {}),
    },
  )
  t.comment(`${reached.size} of the table’s ways were gone`)
  t.ok(reached.size > 2, [...reached].sort().join('\n'))
  t.equal((await la.rest('auditor', 'GET', '/v1/audit/verification')).body.isIntact, true)
})

t.test('every way that the table allows is one that the service goes', async (t) => {
  t.equal(TABLE.size, 6, 'all states but superseded')
  const { operations } = await import('../../src/features/index.ts')
  for (const [state, ways] of TABLE)
    for (const name of ways.keys())
      t.ok(
        operations.some((operation) => operation.name === name),
        `${state}: ${name}`,
      )
})
