/** What a decision may not be, whatever the recommendation: tables over pure rules. */
import t from 'tap'
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
