// The guide for policy authors is carried out block by block: what it says that the computer answers is what it answers.
// `GUIDE_WRITE=1 npm test -- test/cli/guide.test.ts` writes the answers into the guide anew; read the difference.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT, temporaryFolder } from '../support/command.ts'
import { blocksOf, isSaid, Reader } from '../support/guide.ts'

const GUIDE = join(ROOT, 'docs/policies/guide.md')

t.test('the guide is right to the word', async (t) => {
  const home = process.cwd()
  process.chdir(temporaryFolder(t))
  t.teardown(() => process.chdir(home))
  const guide = readFileSync(GUIDE, 'utf8')
  const blocks = blocksOf(guide)
  const reader = new Reader()
  const answers: string[] = []
  for (const [i, block] of blocks.entries()) {
    const said = block.info[0] === 'text' ? undefined : reader.carryOut(block)
    const next = blocks[i + 1]
    if (said === undefined) continue
    answers.push(said)
    if (next?.info[0] !== 'text') t.fail(`line ${block.line}: the guide does not show what comes of it\n${said}`)
    else if (isSaid(next.text, said)) t.pass(`line ${next.line}`)
    else t.equal(next.text.trim(), said, `line ${next.line}`)
  }
  if (process.env['GUIDE_WRITE']) {
    let at = 0
    const written = guide.replaceAll(/^```text\n([\s\S]*?)^```$/gm, (block, shown: string) => {
      const said = answers[at++] ?? ''
      return isSaid(shown, said) || shown.includes('\n…\n') ? block : `\`\`\`text\n${said}\n\`\`\``
    })
    writeFileSync(GUIDE, written)
  }
})

t.test('a file that its reader has finished has no problem; a mistake is an error or a case that fails', async (t) => {
  const blocks = blocksOf(readFileSync(GUIDE, 'utf8'))
  blocks.forEach(({ info, line, text }, i) => {
    const shown = blocks[i + 1]?.text.trim() ?? ''
    if (info[0] === 'yaml' && info[1] === 'mistake')
      t.match(shown, / error [a-z-]+: |: case \S+ “/, `line ${line}: the mistake is one`)
    if (info[0] === 'sh' && text.includes('policy check') && !shown.includes(': case '))
      t.match(shown, /, 0 errors, 0 warnings, cases (\d+) of \1 as agreed$/, `line ${line}: nothing is wrong`)
  })
})
