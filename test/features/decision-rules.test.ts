/** What a decision may not be, whatever the recommendation: tables over pure rules. */
import t from 'tap'
import { isDrawn } from '../../src/features/decisions/needs.ts'
import { requireAllowed } from '../../src/features/decisions/rules.ts'
import { policyOf, SMALL } from '../support/policies.ts'

const policy = policyOf({
  policy: `${SMALL}forbidden:
  - { id: FB1, response: REDIRECT, atLevels: [N, P], because: Nobody is passed on., citation: { section: "9" } }
`,
})

t.test('a response that the document forbids at a level is refused, with its reason and citation', async (t) => {
  for (const level of ['U', 'E']) t.doesNotThrow(() => requireAllowed(policy, { level, response: 'REDIRECT' }))
  t.doesNotThrow(() => requireAllowed(policy, { level: 'P', response: 'STRATEGY' }))
  for (const level of ['N', 'P'])
    t.throws(() => requireAllowed(policy, { level, response: 'REDIRECT' }), {
      code: 'forbidden_combination',
      errors: [{ pointer: '/response', detail: /Nobody is passed on.*FB1, section 9/ }],
    })
})

t.test(
  'the random share is as large as the policy says, and whoever is drawn stays drawn in a larger share',
  async (t) => {
    const ids = Array.from({ length: 5000 }, (_, i) => `01a37056-4900-7044-be3d-${String(i).padStart(12, '0')}`)
    const drawn = (percent: number) => ids.filter((id) => isDrawn(id, percent))
    t.same([drawn(0).length, drawn(100).length], [0, ids.length])
    for (const percent of [5, 10, 50, 95]) {
      const wanted = (ids.length * percent) / 100
      // Four standard deviations of a binomial distribution; the ids are fixed, so that this is no matter of chance.
      const slack = 4 * Math.sqrt(wanted * (1 - percent / 100))
      t.ok(Math.abs(drawn(percent).length - wanted) < slack, `${drawn(percent).length} for ${percent} per cent`)
      t.ok(drawn(percent).every((id) => isDrawn(id, percent + 5)))
    }
  },
)
