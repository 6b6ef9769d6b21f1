// The transparency record says of the policy in force what that policy says of itself.
import t from 'tap'
import { ENGINE_SEMANTICS } from '../src/engine/index.ts'
import { operations } from '../src/features/index.ts'
import { type AtrsFacts, atrsRecord, share } from '../src/papers/atrs.ts'
import { atrsPage } from '../src/papers/atrs-page.ts'
import { compileTexts, SMALL } from './support/policies.ts'

function factsWith(policy: AtrsFacts['policy']): AtrsFacts {
  return {
    authority: { code: 'northmoor', name: 'Northmoor' },
    now: '2026-11-22T12:00:00.000Z',
    since: '2025-11-22T12:00:00.000Z',
    product: 'Threshold 0',
    engineSemantics: ENGINE_SEMANTICS,
    policy,
    publishedVersions: 1,
    volumes: { referrals: 0, recommendations: 0, withheld: 0, challenges: 0, decisions: {}, movements: {} },
    holders: [],
    operations,
    retention: [],
  }
}

function pageOf(text: string): string {
  const { policy, problems } = compileTexts({ policy: text })
  if (!policy) throw new Error(JSON.stringify(problems))
  return atrsPage(atrsRecord(factsWith({ compiled: policy, effectiveFrom: '2026-04-01' })))
}

const BLIND = /first writes down a judgement of their own, then sees the recommendation/
const OPEN = /shows the recommendation at once/

t.test('when the recommendation is shown is what the policy in force says, everywhere in the record', async (t) => {
  const blind = pageOf(SMALL)
  t.match(blind, BLIND)
  t.match(blind, /Of immediate danger, .* told at once/, 'the exception is named')
  t.notMatch(blind, OPEN)
  const open = pageOf(SMALL.replace('blindFirst: true', 'blindFirst: false'))
  t.match(open, OPEN)
  t.match(open, /judgement of their own all the same/)
  t.notMatch(open, /then sees|first writes/)
  t.notMatch(atrsPage(atrsRecord(factsWith(null))), /then sees|shows the recommendation at once/, 'none in force')
})

t.test('shares are of rounded counts, and are not given of few', async (t) => {
  t.equal(share(1, 49), 'not given below 50')
  t.equal(share(1, 50), '0 %')
  t.equal(share(13, 102), '15 %')
})
