/** `threshold replay`: computes stored recommendations again and compares them byte for byte. */
import { z } from 'zod'
import { readConfig } from '../../config.ts'
import type { Database } from '../../db/connect.ts'
import { dayNumber, instantOf, londonOffset } from '../../engine/calendar/civil.ts'
import { CivilDate } from '../../engine/text.ts'
import { listAuthorities } from '../../features/identity/queries.ts'
import { type ReplayedRecommendation, replayStored } from '../../features/recommendations/replay.ts'
import { Id } from '../../kernel/ids.ts'
import { openConfigured } from '../../start.ts'

const Options = z.strictObject({
  authority: z.string().optional(),
  id: Id.optional(),
  from: CivilDate.optional(),
  to: CivilDate.optional(),
  json: z.boolean().optional(),
})
export type ReplayOptions = z.input<typeof Options>
type Print = (line: string) => void

/** Exit status: 0 all are identical, 1 some are not, 2 it cannot be run. */
export async function replay(given: ReplayOptions, print: Print): Promise<0 | 1 | 2> {
  try {
    const options = readOptions(given)
    const database = await openConfigured(readConfig(undefined, 'maintain'))
    return await replayOn(database, options, print).finally(() => database.close())
  } catch (error) {
    // A run that was broken off must not look like one that found a difference, which the general status 1 would say.
    console.error(`threshold: ${(error as Error).message}`)
    return 2
  }
}

function readOptions(given: ReplayOptions): z.output<typeof Options> {
  const { success, data, error } = Options.safeParse(given)
  if (success) return data
  throw new Error(error.issues.map(({ path, message }) => `--${path.join()}: ${message}`).join('; '))
}

/** What the command does once the database is open. */
export async function replayOn(database: Database, options: z.output<typeof Options>, print: Print): Promise<0 | 1> {
  const authorities = (await listAuthorities(database)).filter(
    ({ code }) => options.authority === undefined || code === options.authority,
  )
  if (authorities.length === 0)
    throw new Error(
      options.authority ? `There is no authority ${options.authority}.` : 'There is no authority in this database.',
    )
  const range = {
    id: options.id,
    from: options.from && londonMidnight(dayNumber(options.from)),
    before: options.to && londonMidnight(dayNumber(options.to) + 1),
  }
  const sum = { identical: 0, different: 0, notComputed: 0 }
  for (const { id, code } of authorities) {
    const before = { ...sum }
    for await (const replayed of replayStored(database, id, range)) {
      if (replayed.identical) sum.identical++
      else if (replayed.recomputedHash === null) sum.notComputed++
      else sum.different++
      if (!replayed.identical)
        print(options.json ? JSON.stringify({ authority: code, ...replayed }) : line(code, replayed))
    }
    const [identical, all] = [sum.identical - before.identical, count(sum) - count(before)]
    if (!options.json && (options.id === undefined || all > 0)) print(`${code}: ${identical} of ${all} identical`)
  }
  if (options.id !== undefined && count(sum) === 0) throw new Error(`There is no recommendation ${options.id}.`)
  if (options.json) print(JSON.stringify({ total: count(sum), ...sum }))
  return sum.identical === count(sum) ? 0 : 1
}

function count({
  identical,
  different,
  notComputed,
}: Readonly<Record<'identical' | 'different' | 'notComputed', number>>) {
  return identical + different + notComputed
}

function line(authority: string, { id, createdAt, reason, differences }: ReplayedRecommendation): string {
  return `${authority}: ${id} of ${createdAt}: ${[reason, ...differences].join(' ')}`
}

const MINUTES_A_DAY = 24 * 60

/** The instant at which a day begins in London. */
function londonMidnight(day: number): string {
  const minutes = day * MINUTES_A_DAY
  return instantOf(minutes - londonOffset(minutes))
}
