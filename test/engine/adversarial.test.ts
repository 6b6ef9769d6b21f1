/** Policies changed at random: whatever still compiles holds to the statutory pack, and nothing ends the compiler. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { compile, type Policy } from '../../src/engine/index.ts'
import { COMMON_SCALE } from '../../src/engine/vocabulary.ts'
import { child, finding, scoreOne } from '../support/policies.ts'
import { type Draw, drawFrom } from './arbitrary/draw.ts'
import { wholePolicy } from './arbitrary/repair.ts'
import { ends, LAWS_RUNS } from './laws-support.ts'

type Slot = { readonly owner: Record<string, unknown>; readonly key: string }

/** Every place in a document that holds something. */
function slots(value: unknown): Slot[] {
  if (typeof value !== 'object' || value === null) return []
  const owner = value as Record<string, unknown>
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...slots(owner[key])])
}

/** Takes something out, or puts something from elsewhere, or nothing like it, in its place. */
function tamper(document: unknown, draw: Draw): void {
  const all = slots(document)
  const { owner, key } = draw.pick(all)
  const other = draw.pick(all)
  switch (draw.upTo(5)) {
    case 0:
      if (Array.isArray(owner)) owner.splice(Number(key), 1)
      else delete owner[key]
      break
    case 1:
      owner[key] = structuredClone(other.owner[other.key])
      break
    case 2:
      owner[key] =
        typeof owner[key] === 'boolean'
          ? !owner[key]
          : typeof owner[key] === 'number'
            ? owner[key] + draw.pick([-1, 1, 500])
            : draw.pick(['L0', 'U', null, 0, {}, []])
      break
    case 3: {
      const alike = all.filter((slot) => typeof slot.owner[slot.key] === typeof owner[key] && slot.key === key)
      owner[key] = structuredClone(draw.pick(alike.map((slot) => slot.owner[slot.key])))
      break
    }
    default: {
      const { indicators } = document as { indicators?: Record<string, unknown>[] }
      const target = indicators?.[0]
      if (target)
        Object.assign(
          target,
          draw.pick<Record<string, unknown>>([
            { level: 'L0' },
            { absolute: false, alone: true },
            { triggers: [] },
            { kind: 'protective' },
            { evidence: ['fact'] },
            { age: { toMonths: 1 } },
            { grades: { once: 'L0', often: 'L1' } },
          ]),
        )
    }
  }
}

/** An age that the indicator is about. */
function ageFor({ age }: Policy['document']['indicators'][number]) {
  const months = age?.fromMonths ?? (age?.toMonths === undefined && age?.unborn ? -1 : 0)
  return { low: months, high: months }
}

function assertStatutory(policy: Policy): void {
  const gates = policy.document.gates.map(({ id }) => ({ code: id, answer: 'yes' as const }))
  const protective = policy.document.indicators
    .filter(({ kind }) => kind === 'protective')
    .map(({ code }) => finding(code))
  for (const trigger of policy.pack.triggers) {
    const expressing = policy.document.indicators.filter(({ triggers }) => triggers.includes(trigger.code))
    assert.ok(expressing.length > 0, `nothing expresses ${trigger.code}`)
    for (const spec of expressing) {
      const result = scoreOne(policy, child([finding(spec.code), ...protective], { age: ageFor(spec) }), {
        facts: gates,
        consent: 'refused',
      })
      assert.ok(
        ends(result).floor >= 0 && COMMON_SCALE.indexOf(result.floor!.common) >= COMMON_SCALE.indexOf(trigger.atLeast),
        `${trigger.code} by ${spec.code} reaches ${result.floor?.common}`,
      )
      assert.ok(
        result.responses.some(({ type }) => trigger.responses.includes(type)),
        `${trigger.code}: ${result.responses.map(({ code }) => code).join(', ')}`,
      )
    }
  }
}

t.test('a policy tampered with is refused, or holds to every trigger of the pack', async (t) => {
  const counts = { refused: 0, held: 0 }
  fc.assert(
    fc.property(fc.gen(), (gen) => {
      const draw = drawFrom(gen)
      const { policy: document, pack } = wholePolicy(draw)
      const text = JSON.stringify(pack)
      for (let attempt = 0; attempt < 12; attempt++) {
        const changed = JSON.parse(JSON.stringify(document)) as unknown
        for (let i = draw.upTo(1); i >= 0; i--) tamper(changed, draw)
        const { policy, problems } = compile({
          policy: { file: 'p', text: JSON.stringify(changed) },
          statutory: { file: 's', text },
        })
        assert.equal(
          policy === undefined,
          problems.some(({ severity }) => severity === 'error'),
        )
        for (const problem of problems)
          assert.ok(problem.line >= 1 && problem.column >= 1 && problem.message.length > 0)
        counts[policy ? 'held' : 'refused'] += 1
        if (policy) assertStatutory(policy)
      }
    }),
    { numRuns: LAWS_RUNS },
  )
  t.ok(counts.held > 0 && counts.refused > 0)
  t.comment(`${counts.refused} refused, ${counts.held} held`)
})
