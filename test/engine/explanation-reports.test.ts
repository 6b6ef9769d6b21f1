/** Reports for three readers: what each tells and must not tell, and that text and page hold whatever was written. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { AUDIENCES, type Audience, asHtml, asText, explain, reportFor } from '../../src/engine/explanation/index.ts'
import { type Policy, Referral, type Snapshot, toSnapshot } from '../../src/engine/index.ts'
import {
  calendar,
  child,
  compiledPolicies,
  edited,
  finding,
  piece,
  policyOf,
  SMALL,
  snapshot,
} from '../support/policies.ts'

const policy = policyOf({})
const HOSTILE = `</li></main><script>alert(1)</script><img src=x onerror="x"> & 'so' \u202egnol\nWhat is recommended\n---`

function reports(audience: Audience, of: Snapshot, under: Policy = policy) {
  return explain(under, of, calendar).map((explanation) => reportFor(audience, explanation))
}

const VOID = new Set(['meta', '!doctype'])

/** Names of the elements of a page, in order. Fails where one is not closed, or closed by another. */
function elements(html: string): string[] {
  const open: string[] = []
  const all: string[] = []
  for (const [tag, slash, name = ''] of html.matchAll(/<(\/?)([!a-zA-Z][a-zA-Z0-9]*)[^<>]*>/g)) {
    const known = name.toLowerCase()
    if (VOID.has(known)) continue
    if (slash === '/') {
      if (open.pop() !== known) throw new Error(`${tag} closes another element, after ${all.slice(-5).join(' ')}`)
      continue
    }
    open.push(known)
    all.push(known)
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`)
  return all
}

const ALLOWED = new Set(
  'html head title style body main article section h1 h2 h3 p ul li strong table caption thead tbody tr th td'.split(
    ' ',
  ),
)

t.test('a page is well formed, loads nothing, and says in which language and of what it is', async (t) => {
  const found = child(['R1', 'R2', 'PR1', finding('A1', { state: 'unknown' })])
  for (const audience of AUDIENCES) {
    const html = asHtml(reports(audience, snapshot([found, { ...found, id: 'b' }])))
    const names = elements(html)
    t.same(
      names.filter((name) => !ALLOWED.has(name)),
      [],
      `${audience}: nothing but words, lists and tables`,
    )
    t.equal(names.filter((name) => name === 'table').length, names.filter((name) => name === 'caption').length)
    t.notMatch(html, /<(script|link|img|iframe|object|embed|form|base)\b|@import|url\(|\son\w+=/i, audience)
    t.match(html, /^<!DOCTYPE html>\n<html lang="en-GB">/)
    t.match(html, /<meta charset="utf-8">[\s\S]*<title>.+<\/title>/)
    t.match(html, /@page \{ size: A4/)
    t.equal(names.filter((name) => name === 'article').length, 2, 'one article for each child')
    t.notMatch(html, /<(td|p|li|h\d)>\s*(undefined|null)/)
  }
})

t.test('whatever is written in a referral or a policy comes out as words', async (t) => {
  const hostile = policyOf({
    policy: edited(
      SMALL,
      // A policy may hold no character that is not seen; a referral is held to that in its short lines alone.
      ['text: Unwashed.,', `text: ${JSON.stringify(HOSTILE.replace('\u202e', ''))},`],
      ['name: Cook,', `name: ${JSON.stringify('<b>Cook</b>')},`],
    ),
  })
  const written = snapshot([
    child(
      [
        finding('R1', { evidence: [piece({ kind: 'fact', source: HOSTILE, text: HOSTILE })] }),
        finding('R2', { state: 'unknown' }),
      ],
      {
        unmapped: [HOSTILE],
      },
    ),
  ])
  for (const audience of AUDIENCES) {
    const told = reports(audience, written, hostile)
    const html = asHtml(told)
    t.same(
      elements(html).filter((name) => !ALLOWED.has(name)),
      [],
      audience,
    )
    t.notMatch(html, /<script|<img|<b>/i)
    t.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/)
    t.match(html, /onerror=&quot;x&quot;&gt; &amp; &#39;so&#39;/)
    const text = asText(told)
    for (const form of [html, text]) t.notMatch(form, /\u202e/, 'nothing turns the direction of the line')
    const own = text.split('\n').filter((line) => line === 'What is recommended').length
    t.equal(own, audience === 'screener' ? 1 : 0, 'a line break does not make a heading')
  }
})

t.test('the text of a page is the text of the plain form', async (t) => {
  const told = reports('screener', snapshot([child(['R1', 'R2', 'G1'])]))
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
  const words = (text: string): string[] => text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const page = asHtml(told)
    .replace(/<head>[\s\S]*<\/head>/, '')
    .replaceAll(/<thead>[\s\S]*?<\/thead>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&[#\w]+;/g, (entity) => entities[entity] ?? '?')
  const plain = new Set(words(asText(told)))
  t.same(
    [...new Set(words(page))].filter((word) => !plain.has(word)),
    [],
  )
})

/** A referral in which everything that nobody else may read is a word of its own. */
function referral(more: object = {}, evidence = 'CANARY-evidence') {
  const seen = (indicator: string, source: string) => ({
    indicator,
    state: 'present' as const,
    evidence: [{ kind: 'observation' as const, source, date: '2026-03-01', text: evidence }],
  })
  return Referral.parse({
    referrer: { agency: 'School', role: 'Teacher', sourceCode: '2A' },
    reason: 'CANARY-reason',
    immediateDanger: false,
    consent: { sought: true, obtained: true },
    children: [
      { id: 'a', dateOfBirth: '2019-03-10', name: { given: 'CANARY-name' }, findings: [seen('R1', 'CANARY-source')] },
      { id: 'b', dateOfBirth: '2016-03-10', narrative: 'CANARY-narrative', findings: [seen('R3', 'CANARY-sibling')] },
    ],
    household: { members: [{ relationship: 'CANARY-father' }], findings: [seen('R2', 'CANARY-household')] },
    ...more,
  })
}

const AT = { receivedAt: '2026-03-10T09:30:00.000Z' }

t.test('the referrer’s text has the document’s words and nobody’s evidence', async (t) => {
  const own = toSnapshot(referral(), AT)
  const [first, second] = reports('referrer', own)
  const text = asText([first!]) + asHtml([first!]) + JSON.stringify(first)
  t.notMatch(text, /CANARY/, 'no evidence, source, name or narrative')
  t.notMatch(text, /Abuse\./, 'nothing of the sibling')
  t.match(asText([second!]), /“Abuse\.”/)
  t.match(text, /“Unwashed\.”[^“]*you told us that this is so/)
  t.match(text, /“Hungry\.”[^“]*about the household/)
  t.match(text, /places the child at “In need”/)
  t.notMatch(text, /points|rank|score/i, 'no internal scores')
  t.match(text, /call 999/)
  t.equal(first?.explanation, null)
})

t.test('the referrer’s text of a child does not hang on the other child', async (t) => {
  const alike = referral({})
  const [, b] = alike.children
  const other = { ...alike, children: [alike.children[0]!, { ...b!, findings: [], narrative: 'Quite another.' }] }
  const [one] = reports('referrer', toSnapshot(alike, AT))
  const [same] = reports('referrer', toSnapshot(other, AT))
  t.equal(asHtml([one!]), asHtml([same!]))
})

t.test('the screener has the evidence once and in full, the panel only what it rests on', async (t) => {
  const own = toSnapshot(referral(), AT)
  const screener = asText(reports('screener', own).slice(0, 1))
  t.equal(screener.match(/CANARY-evidence/g)?.length, 2, 'of the child and of the household, once each')
  t.match(screener, /observation, CANARY-source, within the last month/)
  const panel = asText(reports('panel', own).slice(0, 1))
  t.notMatch(panel, /CANARY-evidence|CANARY-source/)
  for (const words of [
    /Level and range/,
    /What the level rests on/,
    /Quality of the referral/,
    policy.hash.slice(0, 40),
  ])
    t.match(panel, words)
})

t.test('what nobody may overlook is told, and a withheld level is no level', async (t) => {
  const withheld = snapshot([child([], { unmapped: ['A man in the park.'] })], { immediateDanger: false })
  for (const audience of ['screener', 'panel'] as const) {
    const text = asText(reports(audience, withheld))
    t.match(text, /No level is stated: a person has to look at this/)
    t.match(text, /fits no indicator/)
  }
  t.match(asText(reports('referrer', withheld)), /gives no level\. A person reads what you wrote/)
  const danger = asText(reports('screener', snapshot([child(['R1'])], { immediateDanger: true })))
  t.match(danger, /may be in immediate danger\. Act now/)
})

t.test('every example can be told to every reader', async (t) => {
  const folder = new URL('../../examples/referrals/', import.meta.url)
  const compiled = new Map(compiledPolicies().map(({ file, policy }) => [file.split('/')[0], policy]))
  for (const authority of readdirSync(folder)) {
    const [file] = readdirSync(new URL(`${authority}/`, folder))
    const content = Referral.parse(JSON.parse(readFileSync(new URL(`${authority}/${file}`, folder), 'utf8')))
    const explanations = explain(
      compiled.get(authority)!,
      toSnapshot(content, { receivedAt: '2026-11-21T10:00:00.000Z' }),
      calendar,
    )
    for (const audience of AUDIENCES) {
      const told = explanations.map((explanation) => reportFor(audience, explanation))
      elements(asHtml(told))
      const text = asText(told)
      t.notMatch(text, /undefined|\[object|null\b/, `${authority}/${file} for the ${audience}`)
      t.ok(
        text.split('\n').every((line) => line.length <= 110),
        'lines fit on paper',
      )
    }
  }
})
