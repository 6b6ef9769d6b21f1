/** The findings of a walk as one result, with what they prove and what they leave open in plain words. */
import type { Compared } from './checkpoints.ts'
import type { EntryWalk } from './entry-walk.ts'
import type { ExportHeader } from './export.ts'
import { counted, type ExportResult, type Fault, NEVER_PROVEN, type Status, type Unanchored } from './result.ts'

interface Found {
  readonly header: ExportHeader | undefined
  readonly walk: EntryWalk
  readonly compared: Compared
  readonly faults: readonly Fault[]
  readonly malformed: Fault | undefined
}

export function summed({ header, walk, compared, faults, malformed }: Found): ExportResult {
  const isTampered = faults.length > 0 || compared.forks.length > 0
  const notAnchored = isTampered || malformed ? null : unanchored(walk, compared.anchored)
  const status: Status = isTampered ? 'tampered' : malformed ? 'malformed' : notAnchored ? 'not_anchored' : 'verified'
  const all = malformed ? [...faults, malformed] : faults
  return {
    status,
    origin: header?.origin ?? null,
    size: header?.size ?? null,
    entries: walk.entries,
    root: walk.tree.rootAt(walk.entries).toString('base64'),
    firstBad: firstBadOf(all, walk.entries),
    faults: all,
    faultsUnlisted: walk.faultsUnlisted,
    forks: compared.forks,
    erased: walk.erased,
    records: { opened: walk.opened, erased: walk.erased.length, absent: walk.absent },
    checkpoints: compared.checkpoints,
    notAnchored,
    proven: isTampered || malformed ? [] : provenBy(walk, compared),
    notProven: [...openQuestions(walk, notAnchored), ...NEVER_PROVEN],
  }
}

/** An entry that is there and known to be bad beats a range that one lies in, however early that begins. */
function firstBadOf(faults: readonly Fault[], entries: number): number | null {
  const places = faults.flatMap(({ position, to }) => (position === null ? [] : [{ position, to: to ?? position }]))
  const exact = places.filter(({ position, to }) => to === position && position < entries)
  const positions = (exact.length > 0 ? exact : places).map(({ position }) => position)
  return positions.length > 0 ? Math.min(...positions) : null
}

/** Entries that no checkpoint held outside covers; an empty log without one is not anchored either. */
function unanchored(walk: EntryWalk, anchored: number | null): Unanchored | null {
  const from = anchored ?? 0
  if (anchored === walk.entries) return null
  return { entries: walk.entries - from, from, since: walk.since.get(from) ?? null }
}

function provenBy(walk: EntryWalk, { anchored, checkpoints }: Compared): string[] {
  const signed = Math.max(0, ...checkpoints.map(({ size }) => size))
  const proven = [
    `${counted(walk.entries, 'entry stands', 'entries stand')} in order, without a gap, and all are of this authority and log.`,
  ]
  if (signed > 0) proven.push(`The first ${signed} are, to the byte, what the key you named has signed.`)
  if (anchored !== null && anchored > 0)
    proven.push(`The first ${anchored} are, to the byte, what they were when the checkpoint you hold was signed.`)
  if (walk.opened > 0) proven.push(`${counted(walk.opened, 'record is', 'records are')} what was recorded then.`)
  for (const [under, records] of erasedBy(walk))
    proven.push(
      `${counted(records, 'record was', 'records were')} erased under entry #${under}, and what they were recorded by is untouched.`,
    )
  return proven
}

function erasedBy(walk: EntryWalk): Map<number, number> {
  const by = new Map<number, number>()
  for (const { under } of walk.erased) by.set(under, (by.get(under) ?? 0) + 1)
  return by
}

function openQuestions(walk: EntryWalk, notAnchored: Unanchored | null): string[] {
  const open: string[] = []
  if (notAnchored) {
    const { entries, from, since } = notAnchored
    const when = since === null ? '' : `, recorded since ${since}`
    open.push(
      from === 0
        ? `NOT ANCHORED: you hold no checkpoint from outside. Whoever has the database and the signing key could have written all ${entries} entries anew.`
        : `NOT ANCHORED: ${counted(entries, 'entry', 'entries')} from #${from} on${when}, after the newest checkpoint that you hold. Whoever has the database and the signing key could have written them anew.`,
    )
  }
  if (walk.absent > 0)
    open.push(
      `${counted(walk.absent, 'record is', 'records are')} vouched for and not in this export: what they said was not compared.`,
    )
  return open
}
