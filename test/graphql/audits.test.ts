// GraphQL over HTTP as its specification has it: every audit of the reference implementation, over a real connection.
import type { AddressInfo } from 'node:net'
import { serverAudits } from 'graphql-http'
import t from 'tap'
import { tally } from '../support/tally.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const la = await world.authority()

/** Audits that do not pass, by their id, and why that is meant. None of them is a MUST or a SHOULD. */
const REFUSED: Readonly<Record<string, string>> = {
  '5A70': 'Queries by GET are refused: what is asked for would stand in the address, and addresses stand in logs.',
  D6D5: 'The same: variables in an address hold what is asked about.',
  '6A70': 'The same.',
}

t.test('all audits pass but those by GET', async (t) => {
  await world.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = world.app.server.address() as AddressInfo
  const fetchFn = (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${la.accounts.screener.token}`)
    return fetch(url, { ...init, headers })
  }
  const audits = serverAudits({ url: `http://127.0.0.1:${port}/graphql`, fetchFn })
  t.equal(audits.length, 61)
  let held = 0
  let excepted = 0
  for (const audit of audits) {
    const result = await audit.fn()
    const expected = audit.id in REFUSED ? 'notice' : 'ok'
    const reason = 'reason' in result ? `: ${result.reason}` : ''
    t.equal(result.status, expected, `${audit.id} ${audit.name}${reason}`)
    if (result.status === 'ok') held++
    else if (result.status === 'notice' && audit.id in REFUSED) excepted++
    if (audit.id in REFUSED) t.match(audit.name, /^MAY /, 'what is refused on purpose is none of the duties')
  }
  tally(t, 'audits', { held, of: audits.length, excepted })
})
