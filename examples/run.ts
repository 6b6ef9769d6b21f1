// npm run examples: posts every example referral to a running service and prints what it recommends.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tokenFor } from '../src/cli/commands/call.ts'
import { table } from '../src/cli/commands/score.ts'
import { readConfig } from '../src/config.ts'
import type { Recommendation } from '../src/engine/index.ts'

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
  const token = await tokenFor(config, { authority })
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
console.log(`\n${Object.keys(expected).length} examples, ${differing} children otherwise than expected`)
process.exitCode = differing === 0 ? 0 : 1

async function post<T>(path: string, token: string, body?: string): Promise<T> {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
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
