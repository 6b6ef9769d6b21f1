// Names and words of every kind are given back as they were sent.
import t from 'tap'
import { received } from '../support/flow.ts'
import { levelFour, withChild } from '../support/referrals.ts'
import { onBoth, type Surface } from '../support/surfaces.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)

const NAMES = [
  'O’Brien',
  "D'Arcy",
  'Siân',
  'Zoe\u0308',
  'Zoë',
  'Ŵyn',
  'عائشہ',
  'می\u200cخوام',
  '李',
  'X',
  'Null',
  'undefined',
  'true',
  'N/A',
  'None',
  '👩‍👧‍👦',
  '𝒵oe',
  '<script>alert(1)</script>',
  "'; drop table referrals; --",
  '=HYPERLINK("x")',
  '$\u007bjndi:ldap://x}',
  '{{7*7}}',
  ' Ann ',
]

onBoth(t, world, 'names are given back byte for byte, and scored all the same', async (t, la) => {
  for (const given of NAMES) {
    const body = withChild(levelFour({ reason: `${given} said:\n\t“…” \u202e` }), { name: { given, family: given } })
    const id = await received(la.on, body)
    for (const surface of ['REST', 'GraphQL'] satisfies Surface[]) {
      const { data } = await la.call(surface, 'screener', 'referral', { params: { referralId: id } })
      t.strictSame(data.content.children[0].name, { given, family: given }, `${given} over ${surface}`)
      t.equal(data.content.reason, body.reason)
    }
    const [row] = await world.sql(
      `select content::json #>> '{children,0,name,given}' as given from referral_revisions
      where referral_id = $1`,
      [id],
    )
    t.equal(row?.['given'], given, `${given} as stored`)
  }
})
