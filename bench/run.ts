/**
 * npm run bench [-- <name> [options]]
 *
 * A bench is a file of this folder without a dash in its name, which exports `run(args)`; without a name they are listed.
 * None of them is part of `npm test`: figures belong to a machine, and only ratios taken side by side can be compared.
 */
import { readdirSync, readFileSync } from 'node:fs'

const names = readdirSync(import.meta.dirname)
  .filter((file) => /^[a-z]+\.ts$/.test(file) && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .sort()
const [name, ...args] = process.argv.slice(2)

if (name === undefined) {
  for (const each of names) console.log(`${each.padEnd(12)} ${purposeOf(each)}`)
} else if (names.includes(name)) {
  const bench = (await import(`./${name}.ts`)) as { run(args: readonly string[]): Promise<void> }
  await bench.run(args)
} else {
  console.error(`There is no bench “${name}”. There are: ${names.join(', ')}.`)
  process.exitCode = 2
}

/** The first sentence of the file. */
function purposeOf(each: string): string {
  const text = readFileSync(new URL(`${each}.ts`, import.meta.url), 'utf8')
  return (
    /\/\*\*\s*\*?\s*([^.:]+)/
      .exec(text)?.[1]
      ?.replaceAll(/\s*\n\s*\*\s*/g, ' ')
      .trim() ?? ''
  )
}
