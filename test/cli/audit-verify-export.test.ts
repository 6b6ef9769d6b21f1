/** `threshold audit verify EXPORT`: what it answers, with which status, and what it loads to do so. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import { verifyFiles } from '../../src/cli/commands/audit-verify-export.ts'
import { ROOT, temporaryFolder, threshold } from '../support/command.ts'
import { changed, evidenceOf, exportText, makeLog, makeSigner, noteOf, signed } from '../support/log-files.ts'

const signer = makeSigner()
const key = [signer.vkey]
const log = makeLog(signer, 9, [4, 9])
const folder = temporaryFolder(t)
const file = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const whole = file('log.ndjson', exportText(log))
const held = file('held.txt', log.notes.join('\n'))
const early = file('early.txt', log.notes[0] ?? '')
const evidence = file('evidence.json', evidenceOf(log, 6, log.notes[1] ?? ''))
const forged = changed(log, 6, () => ({ event: 'decision.withdrawn' }))
const tampered = file('tampered.ndjson', exportText({ ...forged, notes: log.notes }))
const stolen = file('stolen.ndjson', exportText(signed(forged, signer, [9])))

const said = (
  export_: string | undefined,
  options: Parameters<typeof verifyFiles>[1],
): { status: number; text: string } => {
  const lines: string[] = []
  const status = verifyFiles(export_, options, (line) => lines.push(line))
  return { status, text: lines.join('\n') }
}

t.test('the status says what was found, and the words what that proves', async (t) => {
  const rows: [string, string | undefined, Parameters<typeof verifyFiles>[1], number, RegExp][] = [
    [
      'verified',
      whole,
      { key, checkpoint: [held] },
      0,
      /^VERIFIED {2}threshold\.example.*9 entries[\s\S]*Proved: The first 9 [\s\S]*Not proved: That everything/,
    ],
    [
      'nothing held',
      whole,
      { key },
      3,
      /^VERIFIED, NOT ANCHORED[\s\S]*Not proved: NOT ANCHORED: you hold no checkpoint/,
    ],
    [
      'an early checkpoint held',
      whole,
      { key, checkpoint: [early] },
      3,
      /NOT ANCHORED: 5 entries from #4 on, recorded since 2026-11-22T10:04:00.000Z/,
    ],
    [
      'tampered',
      tampered,
      { key, checkpoint: [held] },
      1,
      /^TAMPERED[\s\S]*First bad entry: #4\n {2}#4 to #8: at least one of these entries/,
    ],
    ['the key stolen, nothing held', stolen, { key }, 3, /NOT ANCHORED/],
    [
      'the key stolen, a checkpoint held',
      stolen,
      { key, checkpoint: [held] },
      1,
      /Two signed checkpoints of 9 entries contradict each other[\s\S]*— threshold\.example/,
    ],
    ['the key stolen, evidence held', stolen, { key, proof: evidence }, 1, /First bad entry: #6/],
    [
      'evidence alone',
      undefined,
      { key, proof: evidence },
      0,
      /^VERIFIED {2}evidence of entry #6[\s\S]*Proved: Entry #6 \(decision\.recorded/,
    ],
    ['evidence and the export', whole, { key, proof: evidence }, 0, /VERIFIED {2}evidence[\s\S]*VERIFIED {2}threshold/],
    [
      'another key',
      whole,
      { key: [makeSigner().vkey], checkpoint: [] },
      1,
      /cannot be trusted: The note is not signed by/,
    ],
    ['evidence by another key', undefined, { key: [makeSigner().vkey], proof: evidence }, 1, /cannot be trusted/],
    ['no key', whole, {}, 2, /^MALFORMED {2}name the key of the log with --key/],
    ['a key that is none', whole, { key: ['x'] }, 2, /^MALFORMED {2}--key: /],
    [
      'a checkpoint that is none',
      whole,
      { key, checkpoint: [whole] },
      2,
      /^MALFORMED .*log\.ndjson: this is not a checkpoint/,
    ],
    [
      'a checkpoint of another key',
      whole,
      { key, checkpoint: [file('other.txt', noteOf(log, makeSigner(), 9))] },
      2,
      /cannot be used/,
    ],
    ['evidence that is none', undefined, { key, proof: held }, 2, /^MALFORMED .*held\.txt: the evidence is not JSON/],
    ['no such file', join(folder, 'absent'), { key }, 2, /^MALFORMED {2}ENOENT/],
    ['a folder', folder, { key }, 2, /^MALFORMED {2}EISDIR/],
    [
      'bytes that are not text',
      file('bytes', Buffer.from([0xff, 0x0a])),
      { key },
      2,
      /^MALFORMED .*\n {2}line 1: these bytes are not UTF-8/,
    ],
  ]
  for (const [what, export_, options, status, words] of rows) {
    const answer = said(export_, options)
    t.equal(answer.status, status, `${what}: status`)
    t.match(answer.text, words, `${what}: words`)
    const json = said(export_, { ...options, json: true })
    t.equal(json.status, status, `${what}: the same as JSON`)
    t.ok((JSON.parse(json.text) as { status: string }[])[0]?.status, `${what}: JSON that can be read`)
  }
})

/** Prints every module that was loaded when the process ends. */
const WATCH = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'\nconst seen = []\nregisterHooks({ load: (url, context, next) => { seen.push(url); return next(url, context) } })\nprocess.on('exit', () => console.error(seen.join('\\n')))",
)}`

t.test('the command loads neither database nor service, and needs no setting', async (t) => {
  const { status, stdout, stderr } = await threshold(
    ['audit', 'verify', whole, '--key', signer.vkey, '--checkpoint', held],
    {
      NODE_OPTIONS: `--import=${WATCH}`,
    },
  )
  t.equal(status, 0)
  t.match(stdout, /^VERIFIED /)
  const loaded = stderr.split('\n').filter((url) => url.startsWith('file:'))
  t.ok(
    loaded.some((url) => url.endsWith('src/engine/audit/verify-export.ts')),
    'modules were seen as they were loaded',
  )
  t.same(
    loaded.filter((url) =>
      /\/src\/(db|kernel|features|http|graphql)\/|node_modules\/(pg|@electric-sql|drizzle-orm|fastify|mercurius)\//.test(
        url,
      ),
    ),
    [],
  )
  t.same(
    stderr.split('\n').filter((url) => /^node:(net|http|https|dns|tls|dgram|http2)$/.test(url)),
    [],
    'nor the network',
  )
  const wrong = await threshold(['audit', 'verify', tampered, '--key', signer.vkey, '--checkpoint', held, '--json'])
  t.equal(wrong.status, 1)
  t.match(JSON.parse(wrong.stdout), [{ status: 'tampered', firstBad: 4 }])
})

t.test('what verifies is Node’s own cryptography and files, and the engine', async (t) => {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    const code = readFileSync(join(ROOT, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
    for (const [, type, name = ''] of code.matchAll(
      /^(?:import|export)( type)?[^']*? from '([^']+)'|import\('([^']+)'\)/gm,
    )) {
      if (type) continue
      if (name.startsWith('.')) visit(relative(ROOT, resolve(ROOT, dirname(path), name)))
      else packages.add(name)
    }
  }
  visit('src/cli/commands/audit-verify-export.ts')
  t.same([...packages].sort(), ['node:crypto', 'node:fs', 'node:util'])
  t.same(
    [...seen].filter((path) => !path.startsWith('src/engine/audit/')),
    ['src/cli/commands/audit-verify-export.ts'],
  )
  t.ok(seen.size > 8, 'the imports were followed')
})
