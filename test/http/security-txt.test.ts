// Whom to tell of a weakness is where RFC 9116 has it, if the operator named somebody, and else nowhere.
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { developmentKey, developmentVerifier } from '../../src/features/identity/tokens.ts'
import { temporaryFolder } from '../support/command.ts'
import { capturedLog } from '../support/log.ts'
import { openWorld } from '../support/world.ts'

const world = await openWorld(t)
const URL = '/.well-known/security.txt'
const NOW = Date.parse('2026-11-22T12:00:00.000Z')

async function served(t: Test, { settings }: Config) {
  const verify = developmentVerifier(await developmentKey(temporaryFolder(t)))
  const { logger } = capturedLog(t)
  const app = await buildApp({ database: world.database, verify, logger, settings, clock: () => NOW })
  t.teardown(() => app.close())
  return await app.inject({ url: URL })
}

t.test('it says whom, until when, and where it is itself', async (t) => {
  const canonical = `https://threshold.council.example${URL}`
  const SECURITY_CONTACT = 'mailto:security@council.example'
  const answer = await served(t, readConfig({ SECURITY_CONTACT, SECURITY_TXT_URL: canonical }))
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
  t.strictSame(answer.body.split('\n'), [
    'Contact: mailto:security@council.example',
    'Expires: 2027-05-21T12:00:00.000Z',
    'Preferred-Languages: en',
    `Canonical: ${canonical}`,
    '',
  ])
  const bare = await served(t, readConfig({ SECURITY_CONTACT }))
  t.match(bare.body, /^Contact: mailto:security@council\.example\nExpires: /)
  t.notMatch(bare.body, /Canonical/)
})

t.test('where nobody is named there is nothing, and no place without a person', async (t) => {
  for (const config of [readConfig({}), readConfig({ SECURITY_TXT_URL: `https://threshold.council.example${URL}` })])
    t.match(await served(t, config), {
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    })
})
