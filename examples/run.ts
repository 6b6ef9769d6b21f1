// npm run examples: posts every example referral to a running service and prints what it recommends; then tells the stories of
// `escalations/`, in which a wrong decision is challenged and put right.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tokenFor } from '../src/cli/commands/call.ts'
import { table } from '../src/cli/commands/score.ts'
import { readConfig } from '../src/config.ts'
import type { Recommendation } from '../src/engine/index.ts'
import { carryOut, type Send, type Story } from './escalations/tell.ts'

interface Expectation {
  readonly title: string
  readonly children: Readonly<Record<string, { level: string | null; outcome: string; response: string }>>
}

const config = readConfig()
const base = config.client.url
const folder = new URL('./referrals/', import.meta.url).pathname
const expected = JSON.parse(readFileSync(new URL('./expected.json', import.meta.url), 'utf8')) as Record<
  string,
  Expectation
>
let differing = 0

for (const authority of readdirSync(folder).sort()) {
  // Whoever screens is shown nothing before they have judged for themselves; an integration is.
  const token = await tokenFor(config, { as: 'integration', authority })
  for (const file of readdirSync(join(folder, authority)).sort()) {
    const name = `${authority}/${file}`
    const { title, children } = expected[name] ?? { title: name, children: {} }
    console.log(`\n${name} — ${title}`)
    const { referral } = await post<{ referral: { id: string; reference: string } }>(
      '/v1/referrals',
      token,
      readFileSync(join(folder, name), 'utf8'),
    )
    const { recommendations } = await post<{ recommendations: { content: Recommendation }[] }>(
      `/v1/referrals/${referral.id}/recommendations`,
      token,
    )
    for (const { content } of recommendations) {
      for (const line of table(content)) console.log(`  ${line}`)
      const wanted = children[content.child]
      const isExpected =
        wanted !== undefined &&
        (content.level?.code ?? null) === wanted.level &&
        content.outcome === wanted.outcome &&
        content.responses.some(({ code }) => code === wanted.response)
      if (!isExpected) differing++
      console.log(`  ${isExpected ? 'as expected' : `EXPECTED ${JSON.stringify(wanted)}`}`)
    }
  }
}
if (config.client.token === undefined) await tellStories()
else console.log('\nThe stories need the accounts of the demo, and are not told with a token of your own.')

console.log(`\n${Object.keys(expected).length} examples, ${differing} children otherwise than expected`)
process.exitCode = differing === 0 ? 0 : 1

/** Several people take part in a story, each with an account of the demo. */
async function tellStories(): Promise<void> {
  const stories = new URL('./escalations/', import.meta.url).pathname
  for (const file of readdirSync(stories)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const story = JSON.parse(readFileSync(join(stories, file), 'utf8')) as Story
    console.log(`\nescalations/${file} — ${story.title}`)
    const referral: unknown = JSON.parse(readFileSync(join(folder, story.referral), 'utf8'))
    const send: Send = async (who, method, path, body) => {
      const token = await tokenFor(config, { as: who, authority: story.authority })
      return await request(method, path, token, body === undefined ? undefined : JSON.stringify(body))
    }
    await carryOut(story, referral, { send, tell: (line) => console.log(`  ${line}`) })
  }
}

async function post<T>(path: string, token: string, body?: string): Promise<T> {
  return await request('POST', path, token, body)
}

async function request<T>(method: 'GET' | 'POST', path: string, token: string, body?: string): Promise<T> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': crypto.randomUUID(),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body } : {}),
  }).catch((cause: unknown) => {
    throw new Error(`No service answers at ${base}. Start one with npm start.`, { cause })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  return JSON.parse(text) as T
}
