// Every operation × whoever calls × whose ids: who may call what is compared with the reviewed operations.json, and what
// is another authority's is answered, byte for byte and header for header, as what does not exist.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { operations } from '../../src/features/index.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import { type Answer, type Request, SURFACES, type Surface } from '../support/surfaces.ts'
import { tally } from '../support/tally.ts'
import type { Account, AccountName } from '../support/world.ts'
import { compare } from './expected.ts'
import { type Ids, nobody, type RoleName } from './ground.ts'
import { type Asked, REQUESTS } from './requests.ts'
import { callers, other, own, roles, world } from './stage.ts'
import { namedIn, placesOf, swapped } from './swaps.ts'

const crossing = { held: 0, of: 0 }

/** The surfaces in turn: both come out at the same `execute`. */
const turn = (i: number): Surface => (i % 2 === 0 ? 'REST' : 'GraphQL')

/** One line of operations.json. */
interface Line {
  /** Roles that are not turned away at the door. */
  readonly may: readonly RoleName[]
  /** Of these, whose request in the own authority is refused by a rule, and who does not see the record. */
  readonly refused?: readonly RoleName[]
  readonly hidden?: readonly RoleName[]
  /** What an id of another authority is answered with, by where it stands. */
  readonly theirs?: Readonly<Record<string, number | 'none of it'>>
}
const lines: Record<string, { -readonly [K in keyof Line]: Line[K] }> = {}
const lineOf = ({ name }: Operation) => {
  lines[name] ??= { may: [] }
  return lines[name]
}

/** Every operation with each of its requests. */
const asked: readonly (readonly [Operation, Asked])[] = operations.flatMap((operation) =>
  (REQUESTS[operation.name] ?? []).map((one) => [operation, one] as const),
)

/** The answer as it went over the wire, without what tells two requests apart. */
function bytes({ status, headers, text }: Answer): string {
  const { 'x-request-id': _, date: __, ...rest } = headers
  return JSON.stringify({ status, rest, text: text.replaceAll(/"traceId":"[^"]*"/g, '"traceId":""') })
}

/** What of the other authority can be read in an answer. */
const theirs = [...Object.values(other.ids), other.la.id, other.la.code]
const seenIn = ({ text, headers }: Answer): string[] =>
  theirs.filter((id) => text.includes(id) || JSON.stringify(headers).includes(id))

interface Crossing {
  readonly surface: Surface
  readonly who: AccountName | Account
  readonly operation: Operation
  /** The request with ids of the other authority, and with ids of nobody in their places. */
  readonly foreign: Request
  readonly missing: Request
}

/** What nobody's ids were answered with, by what tells the questions apart. Nobody differs from nobody. */
const absent = new Map<string, string>()

/** Whether both are answered alike and nothing of the other authority is in the answer; what it was. */
async function crossed({ surface, who, operation, foreign, missing }: Crossing): Promise<[boolean, Answer]> {
  const answer = await own.la.call(surface, who, operation.name, foreign)
  const question = `${surface} ${operation.name} ${JSON.stringify(missing)}`
  // Asked by somebody else it was answered so before: only another answer is looked into.
  if (absent.get(question) !== bytes(answer))
    absent.set(question, bytes(await own.la.call(surface, who, operation.name, missing)))
  const isHeld = absent.get(question) === bytes(answer) && seenIn(answer).length === 0 && answer.status < 500
  crossing.of += 1
  if (isHeld) crossing.held += 1
  else t.comment(`${surface} ${operation.name}\n${bytes(answer)}\n${absent.get(question)}`)
  return [isHeld, answer]
}

const idsOf = (request: Request, ids: Ids, only?: string): Request =>
  swapped(request, own.ids, ({ place, kind }) => (only === undefined || only === place ? ids : own.ids)[kind] ?? '')

t.test('every operation has a request here that names every id which it takes', async (t) => {
  for (const operation of operations) {
    const requests = REQUESTS[operation.name] ?? []
    t.ok(requests.length > 0, `${operation.name} has a line in test/access/requests.ts`)
    const named = new Set(requests.flatMap(({ ask }) => namedIn(ask(own.ids), own.ids).map(({ place }) => place)))
    const left = placesOf(operation).filter((place) => !named.has(place))
    t.strictSame(left, [], `${operation.name}: an id in each place`)
  }
})

t.test('what is another authority’s is answered, byte for byte, as what does not exist', async (t) => {
  const before = await world.counts()
  for (const [operation, { who, ask }] of asked) {
    const request = ask(own.ids)
    for (const { place } of namedIn(request, own.ids)) {
      for (const surface of SURFACES) {
        const foreign = idsOf(request, other.ids, place)
        const missing = idsOf(request, nobody, place)
        const [isHeld, answer] = await crossed({ surface, who, operation, foreign, missing })
        t.ok(isHeld, `${operation.name} ${place} (${surface})`)
        const said = answer.status < 300 && answer.data?.edges?.length === 0 ? 'none of it' : answer.status
        const line = lineOf(operation)
        t.equal(line.theirs?.[place] ?? said, said, `${operation.name} ${place}: the same over both`)
        line.theirs = { ...line.theirs, [place]: said }
      }
    }
  }
  t.strictSame(await world.counts(), before, 'and nothing was stored')
})

/** ACCESS=all asks as everybody who may, and more often at random; otherwise each operation is asked as one of them in turn. */
const ASKS_ALL = process.env['ACCESS'] === 'all'

t.test('so it is for everybody who may ask', async (t) => {
  const before = await world.counts()
  for (const [i, operation] of operations.entries()) {
    const request = REQUESTS[operation.name]
      ?.map(({ ask }) => ask(own.ids))
      .find((one) => namedIn(one, own.ids).length > 0)
    if (!request) continue
    const may = roles.filter(([role]) => operation.allow.includes(role))
    for (const [j, [role, who]] of (ASKS_ALL ? may : may.slice(i % may.length).slice(0, 1)).entries()) {
      const surface = turn(i + j)
      const [foreign, missing] = [idsOf(request, other.ids), idsOf(request, nobody)]
      const [isHeld] = await crossed({ surface, who, operation, foreign, missing })
      t.ok(isHeld, `${operation.name} as ${role} (${surface})`)
    }
  }
  t.strictSame(await world.counts(), before, 'and nothing was stored')
})

t.test('ids swapped at random are answered as if those of the other authority were nobody’s', async (t) => {
  const before = await world.counts()
  const kinds = Object.keys(own.ids)
  const naming = asked.filter(([, { ask }]) => namedIn(ask(own.ids), own.ids).length > 0)
  const Swap = fc.record({
    which: fc.nat(naming.length - 1),
    surface: fc.constantFrom(...SURFACES),
    // Nine places are more than any request has. Of each: whose id, and of what.
    swaps: fc.array(fc.record({ of: fc.constantFrom('own', 'other'), kind: fc.constantFrom('', ...kinds) }), {
      minLength: 9,
      maxLength: 9,
    }),
  })
  const property = fc.asyncProperty(Swap, async ({ which, surface, swaps }) => {
    const [operation, { who, ask }] = naming[which] as (typeof naming)[number]
    const request = ask(own.ids)
    const withIds = (ids: Ids): Request => {
      let next = 0
      return swapped(request, own.ids, ({ kind }) => {
        const swap = swaps[next++]
        // The first is always another's, so that nothing is done.
        const source = next === 1 || swap?.of === 'other' ? ids : own.ids
        return source[swap?.kind || kind] ?? ''
      })
    }
    const [isHeld] = await crossed({ surface, who, operation, foreign: withIds(other.ids), missing: withIds(nobody) })
    return isHeld
  })
  await t.resolves(fc.assert(property, { numRuns: RANDOM_RUNS }))
  t.strictSame(await world.counts(), before, 'and nothing was stored')
})
const RANDOM_RUNS = ASKS_ALL ? 120 : 40

t.test('a token of nobody, of another’s account or for another authority is turned away everywhere', async (t) => {
  const strangers = [
    await own.la.token(other.la.accounts.screener.subject),
    await other.la.token(own.la.accounts.supervisor.subject),
    await own.la.token(randomUUID()),
  ].map((token): Account => ({ id: '', subject: '', token }))
  for (const [i, [operation, { ask }]] of asked.entries()) {
    const surface = turn(i)
    const who = strangers[i % 3] ?? null
    const answers = [
      await own.la.call(surface, who, operation.name, ask(own.ids)),
      await own.la.call(surface, null, operation.name, ask(own.ids)),
    ]
    for (const { status, code, data } of answers)
      t.strictSame({ status, code, data }, { status: 401, code: 'unauthenticated', data: null }, operation.name)
    crossing.of += 1
    if (answers.every(({ status }) => status === 401)) crossing.held += 1
  }
})

/** Turned away for want of a role, before anything was looked at. */
const isTurnedAway = ({ status, code, text }: Answer): boolean =>
  status === 403 && code === 'forbidden' && text.includes('needs one of the roles')

t.test('in the own authority everybody may do what was reviewed, and nothing else', async (t) => {
  // Questions before commands, which change what there is to ask about.
  for (const operation of [...operations].sort((a, b) => Number(a.kind === 'command') - Number(b.kind === 'command'))) {
    const requests = (REQUESTS[operation.name] ?? []).map(({ who, ask }) => ({ who, request: ask(own.ids) }))
    const request = requests[0]?.request ?? {}
    const line = lineOf(operation)
    const [may, refused, hidden]: [RoleName[], RoleName[], RoleName[]] = [[], [], []]
    const call = (who: AccountName | Account, i: number) => own.la.call(turn(i), who, operation.name, request)
    const others = roles.filter(([role]) => !operation.allow.includes(role))
    const turnedAway = await Promise.all([
      ...others.map(([, who], i) => call(who, i)),
      call(callers.roleless, others.length),
    ])
    for (const [i, answer] of turnedAway.entries())
      if (!isTurnedAway(answer)) t.fail(`${operation.name} as ${others[i]?.[0] ?? 'nobody'}: ${answer.status}`)
    for (const [i, [role, who]] of roles.filter(([role]) => operation.allow.includes(role)).entries()) {
      const answer = await call(who, i)
      if (isTurnedAway(answer)) continue
      may.push(role)
      if (answer.status === 403) refused.push(role)
      if (answer.status === 404) hidden.push(role)
      t.notOk(answer.status === 401 || answer.status >= 500, `${operation.name} as ${role}`)
    }
    lines[operation.name] = {
      may,
      ...(refused.length > 0 ? { refused } : {}),
      ...(hidden.length > 0 ? { hidden } : {}),
      ...pick(line),
    }
    // What was asked of the other authority is really there to be asked for.
    for (const [i, { who, request }] of requests.entries()) {
      const { status, text } = await own.la.call(turn(i), who, operation.name, request)
      t.notOk(
        [401, 403, 404].includes(status) || status >= 500,
        `${operation.name} of the own: ${status} ${status >= 400 ? text : ''}`,
      )
    }
  }
  compare(t, 'operations', lines)
})

const pick = ({ theirs }: Pick<Line, 'theirs'>): Pick<Line, 'theirs'> => (theirs ? { theirs } : {})

t.test('across authorities nothing was answered', async (t) => {
  t.strictSame(crossing.held, crossing.of)
  tally(t, 'cross_authority', crossing)
})
