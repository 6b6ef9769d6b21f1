/** What a verification found: in numbers for programs, and in sentences for people. */

/** 0 verified, 1 tampered, 2 malformed or of a version not known, 3 verified and yet not anchored. */
export const EXIT_STATUS = { verified: 0, tampered: 1, malformed: 2, not_anchored: 3 } as const
export type Status = keyof typeof EXIT_STATUS

export interface Fault {
  /** Of the entry, from 0; null where it is about no entry. */
  readonly position: number | null
  /** The last position that the fault may be about, where only a range is known. */
  readonly to?: number
  readonly fault: string
}

/** Two signed checkpoints of one size with different roots. With the key of the log they prove, to anyone, that it has two histories. */
export interface Fork {
  readonly size: number
  readonly notes: readonly [string, string]
}

export interface Erased {
  readonly position: number
  readonly table: string
  readonly id: string
  /** Position of the entry that says so. */
  readonly under: number
}

export interface CheckpointFound {
  readonly size: number
  /** Base64, as in the checkpoint. */
  readonly root: string
  /** `held` came from outside the export. */
  readonly from: 'export' | 'held'
  readonly isOfThisLog: boolean
}

export interface Unanchored {
  readonly entries: number
  /** Position of the first of them. */
  readonly from: number
  /** When it was recorded; null where it could not be read. */
  readonly since: string | null
}

export interface ExportResult {
  readonly status: Status
  readonly origin: string | null
  /** How many entries the export says that it has. */
  readonly size: number | null
  /** How many it has. */
  readonly entries: number
  /** Of all entries, base64. */
  readonly root: string
  /** The first entry known to be bad; where only a range is known, its first. */
  readonly firstBad: number | null
  readonly faults: readonly Fault[]
  /** Faults beyond those that are listed. */
  readonly faultsUnlisted: number
  readonly forks: readonly Fork[]
  readonly erased: readonly Erased[]
  readonly records: { readonly opened: number; readonly erased: number; readonly absent: number }
  readonly checkpoints: readonly CheckpointFound[]
  readonly notAnchored: Unanchored | null
  readonly proven: readonly string[]
  readonly notProven: readonly string[]
}

export interface EvidenceResult {
  readonly status: Status
  readonly position: number | null
  readonly size: number | null
  readonly faults: readonly Fault[]
  readonly forks: readonly Fork[]
  readonly records: { readonly opened: number; readonly erased: number; readonly absent: number }
  readonly proven: readonly string[]
  readonly notProven: readonly string[]
}

/** What no verification can show, whatever it is given. */
export const NEVER_PROVEN = [
  'That everything was recorded: what was never submitted has left no trace.',
  'That what was recorded is true: the log shows what was written, and when and by which account.',
  'That nobody held the signing key and every checkpoint outside at once: who has both can write another history.',
] as const

/** “1 entry”, “2 entries”. */
export function counted(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}
