/** Base and overlay shown as one: every part has its place, and the text means what the policy means. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { policyResolve } from '../../src/cli/commands/policy-resolve.ts'
import { contentHash, type PolicyDocument } from '../../src/engine/index.ts'
import { resolvedYaml, resolveFiles, writtenParts } from '../../src/engine/policy/provenance.ts'
import { temporaryFolder, threshold } from '../support/command.ts'
import { edited, PACK, policyOf, SMALL } from '../support/policies.ts'

const OVERLAY = `format: threshold.policy/1
document:
  { id: borough, title: Part, authority: Borough, version: "2.10", owner: Tests, approved: 2026-01-01,
    effective: 2026-01-01, reviewDue: 2027-01-01, changeReason: Local., statutory: test-pack@1, extends: test-policy@1.10 }
remove: { indicators: [V1] }
indicators:
  - { code: R2, kind: risk, level: N, domains: [PA], text: Ours., citation: { section: "99" } }
  # A comment of the borough.
  - code: R9
    kind: risk
    level: E
    domains: [PA]
    text: New.
    citation: { section: "98" }
routing:
  - { level: N, responses: [EARLY], because: Ours. }
urgency:
  default: slow
  bands:
    - { code: now, label: Now, hours: 1, clock: calendar }
    - { code: soon, label: Soon, hours: 4, clock: working }
    - { code: slow, label: Slow, hours: 80, clock: working }
`
const texts = (policy: string, base?: string) => ({
  policy: { file: 'policy.yaml', text: policy },
  base: base === undefined ? undefined : { file: 'base.yaml', text: base },
})
const resolvedOf = (policy: string, base?: string) => {
  const { resolved } = resolveFiles(texts(policy, base))
  if (!resolved) throw new Error('cannot be read')
  return resolved
}
const lineOf = (text: string, words: string) => text.slice(0, text.indexOf(words)).split('\n').length

t.test('every item says the document, file and line where it was written', async (t) => {
  const parts = writtenParts(resolvedOf(OVERLAY, SMALL))
  const place = (section: string, key: string, code: string) => {
    const found = parts.find(
      (part) => part.section === section && (part.value as Record<string, unknown>)[key] === code,
    )
    return found && [found.document, found.file, found.line]
  }
  t.same(place('indicators', 'code', 'R2'), ['borough@2.10', 'policy.yaml', lineOf(OVERLAY, 'code: R2')])
  t.same(place('indicators', 'code', 'R9'), ['borough@2.10', 'policy.yaml', lineOf(OVERLAY, 'code: R9')])
  t.same(place('indicators', 'code', 'R3'), ['test-policy@1.10', 'base.yaml', lineOf(SMALL, 'code: R3')])
  t.same(place('rules', 'id', 'K1'), ['test-policy@1.10', 'base.yaml', lineOf(SMALL, 'id: K1')])
  t.same(place('routing', 'because', 'Ours.'), ['borough@2.10', 'policy.yaml', lineOf(OVERLAY, 'level: N, responses')])
  t.equal(place('indicators', 'code', 'V1'), undefined, 'what the overlay takes out is gone')
})

t.test('a section that is no list has the line of its name', async (t) => {
  const parts = writtenParts(resolvedOf(OVERLAY, SMALL))
  const whole = (section: string) => {
    const { index, file, line } = parts.find((part) => part.section === section) ?? {}
    return [index, file, line]
  }
  t.same(whole('document'), [null, 'policy.yaml', lineOf(OVERLAY, 'document:')])
  t.same(whole('urgency'), [null, 'policy.yaml', lineOf(OVERLAY, 'urgency:')])
  t.same(whole('oversight'), [null, 'base.yaml', lineOf(SMALL, 'oversight:')])
})

t.test('the text has one comment for each part, before it', async (t) => {
  const resolved = resolvedOf(OVERLAY, SMALL)
  const text = resolvedYaml(resolved)
  const places = text.match(/^ *# \S+@\S+, \S+ line \d+$/gm) ?? []
  t.equal(places.length, writtenParts(resolved).length)
  t.match(text, /\n {2}# borough@2\.10, policy\.yaml line 9\n {2}- code: R9\n/)
  t.match(text, new RegExp(`\\n# borough@2\\.10, policy\\.yaml line ${lineOf(OVERLAY, 'urgency:')}\\nurgency:\\n`))
  t.notMatch(text, /A comment of the borough/)
})

/** The document without what says how it came about. */
function bare({ document, ...policy }: PolicyDocument): string {
  const { extends: _, ...control } = document
  return contentHash({ ...policy, document: control, provenance: {} })
}

t.test('the text is a whole policy that means the same, and so is that of a policy without a base', async (t) => {
  for (const base of [SMALL, undefined]) {
    const policy = base === undefined ? SMALL : OVERLAY
    const text = resolvedYaml(resolvedOf(policy, base))
    const [was, is] = [policyOf({ policy, base }), policyOf({ policy: text })]
    t.equal(bare(is.document), bare(was.document))
    if (base === undefined) t.equal(is.hash, was.hash, 'to the last byte where there is no base')
    t.equal(resolvedYaml(resolvedOf(text)).replaceAll(/#.*/g, ''), text.replaceAll(/#.*/g, ''), 'and stays so')
  }
})

t.test('so with the largest that is shipped, a region’s matrix under a borough’s part', async (t) => {
  const [overlay, base, pack] = ['oakhaven/2026-02', 'greatvale/2025-09', 'statutory/working-together-2023'].map(
    (name) => readFileSync(new URL(`../../policies/${name}.yaml`, import.meta.url), 'utf8'),
  ) as [string, string, string]
  const resolved = resolvedOf(overlay, base)
  const [was, is] = [policyOf({ policy: overlay, base, pack }), policyOf({ policy: resolvedYaml(resolved), pack })]
  t.equal(bare(is.document), bare(was.document))
  const lines = { 'policy.yaml': overlay.split('\n'), 'base.yaml': base.split('\n') } as Record<string, string[]>
  const misplaced = writtenParts(resolved).filter(({ section, file, line, value }) => {
    const written = lines[file]?.[line - 1] ?? ''
    return section === 'indicators' && !written.includes(`code: ${(value as { code: string }).code}`)
  })
  t.same(misplaced, [])
})

t.test('files that cannot be read give their problems', async (t) => {
  t.match(resolveFiles(texts('a: [')), { resolved: undefined, problems: [{ file: 'policy.yaml', code: 'yaml' }] })
  const base = edited(SMALL, ['format: threshold.policy/1', 'format: other'])
  t.match(resolveFiles(texts(OVERLAY, base)), { resolved: undefined, problems: [{ file: 'base.yaml', code: 'shape' }] })
})

t.test('on the command line: as YAML, as JSON, and not at all where the policy cannot be used', async (t) => {
  const folder = temporaryFolder(t)
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const base = write('test-policy/1.10.yaml', SMALL)
  write('statutory/test-pack.yaml', PACK)
  const file = write('borough/2.10.yaml', OVERLAY)
  const { status, stdout, stderr } = await threshold(['policy', 'resolve', file])
  t.match({ status, stderr }, { status: 0, stderr: '' })
  t.ok(stdout.includes(`# test-policy@1.10, ${base} line ${lineOf(SMALL, 'code: R3')}\n`))
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  t.equal(policyResolve(file, { json: true }, print), 0)
  const parts = JSON.parse(lines.join('\n')) as { section: string }[]
  t.equal(parts.filter(({ section }) => section === 'indicators').length, parse(stdout).indicators.length)
  t.match(parts[0], { section: 'document', index: null, document: 'borough@2.10', file, line: 2 })
  lines.length = 0
  const lonely = write('lonely/1.yaml', edited(OVERLAY, ['test-policy@1.10', 'nowhere@1']))
  t.equal(policyResolve(lonely, {}, print), 2)
  t.match(lines, [/“extends” names nowhere@1/])
})
