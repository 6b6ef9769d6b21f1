/** Verdicts say what `score` says. */
import assert from 'node:assert/strict'
import t from 'tap'
import { verdicts } from '../../src/engine/index.ts'
import type { Recommendation } from '../../src/engine/scoring/recommendation.ts'
import { countPairs, law, scored } from './laws-support.ts'

countPairs(t)

const code = (level: Recommendation['level']): string | null => level?.code ?? null

law(t, 'a verdict is what the recommendation says, property by property', ({ policy, snapshot, draw }) => {
  // Answers that are about some of the children.
  const asked = {
    ...snapshot,
    facts: snapshot.facts.map((fact) =>
      draw.chance(30)
        ? {
            ...fact,
            children: draw.some(
              snapshot.children.map(({ id }) => id),
              50,
            ),
          }
        : fact,
    ),
  }
  assert.deepEqual(
    verdicts(policy, asked),
    scored(policy, asked).map(({ child, outcome, level, low, high, floor, responses, reasons }) => ({
      child,
      outcome,
      level: code(level),
      low: code(low),
      high: code(high),
      floor: code(floor),
      responses: responses.map((response) => response.code),
      fired: reasons.map(({ id }) => id),
    })),
  )
})
