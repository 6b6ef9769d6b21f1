/** The guide to proofs: each of its commands is run as it stands there, and answers with that status and those words. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import t from 'tap'
import { verifyFiles } from '../../src/cli/commands/audit-verify-export.ts'
import { ROOT } from '../support/command.ts'
import { blocksOf, isSaid } from '../support/guide.ts'

const blocks = blocksOf(readFileSync(join(ROOT, 'docs/guides/proofs.md'), 'utf8'))

/** What a line of the guide answers, and with which status. */
function run(line: string): { status: number | null; said: string } {
  if (line.startsWith('python3 ')) {
    const { status, stdout } = spawnSync('python3', line.split(' ').slice(1), { cwd: ROOT, encoding: 'utf8' })
    return { status, said: stdout }
  }
  const [npx, threshold, audit, verify, ...args] = line.split(' ')
  if (`${npx} ${threshold} ${audit} ${verify}` !== 'npx threshold audit verify')
    throw new Error(`How is this run? ${line}`)
  const options = {
    key: { type: 'string', multiple: true },
    checkpoint: { type: 'string', multiple: true },
    proof: { type: 'string' },
  } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const lines: string[] = []
  const status = verifyFiles(positionals[0], values, (said) => lines.push(said))
  return { status, said: lines.join('\n') }
}

t.test('every command of the guide answers as the guide says', async (t) => {
  const home = process.cwd()
  process.chdir(ROOT)
  t.teardown(() => process.chdir(home))
  const hasPython = spawnSync('python3', ['--version']).status === 0
  if (!hasPython) console.error('NO PYTHON 3 on this machine: one command of the guide to proofs was not run')
  let commands = 0
  for (const [i, { info, text, line }] of blocks.entries()) {
    const [kind, , status] = info
    if ((kind !== 'sh' && kind !== 'python') || (kind === 'python' && !hasPython)) continue
    const answer = run(text.trim())
    t.equal(answer.status, Number(status), `line ${line}: status`)
    const shown = blocks[i + 1]?.text ?? ''
    if (!isSaid(shown, answer.said)) t.equal(shown.trim(), answer.said, `line ${line}: words`)
    commands++
  }
  t.ok(commands >= 6, `${commands} commands`)
})
