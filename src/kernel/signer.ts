/**
 * Who signs how far a log has come. The key is not in the database and, where it matters, not in this process: whoever has both
 * could write a log anew.
 */
import { LOGS } from '../engine/audit/leaf.ts'
import type { Tree } from '../engine/audit/merkle.ts'

export interface SignRequest extends Tree {
  readonly origin: string
  /** Size of the tree that the proof starts from: the last that was signed; 0 where none was. */
  readonly from: number
  /** That this tree continues that one (RFC 6962, 2.1.2). */
  readonly proof: readonly Uint8Array[]
}

/** `stale`: the proof does not start from what was signed last, which has this size. The others are never mended by trying again. */
export type SignRefusal = 'stale' | 'smaller' | 'inconsistent'
export type Signed =
  | { readonly note: string }
  | { readonly refused: SignRefusal; readonly last: { readonly size: number; readonly note: string | null } }

export type VerifierKeys = readonly [present: string, ...former: string[]]

export interface Signer {
  /** @throws Error when the signer cannot be reached. */
  sign(request: SignRequest): Promise<Signed>
  /**
   * The public halves, as `threshold audit verify --key` takes them: of the key that signs, then of those that signed before.
   * @throws Error when the signer cannot be reached.
   */
  verifierKeys(origin: string): Promise<VerifierKeys>
}

/** A place outside the database that keeps checkpoints. */
export interface Anchor {
  readonly name: string
  /** @throws Error when it could not be put there; it is tried again. */
  put(note: string): Promise<void>
}

/** How the logs of this service are signed and where their checkpoints go. */
export interface LogSettings {
  /** First part of the origin of each log: what this service is called. */
  readonly service: string
  /** Null where nobody signs: then nothing is proved against whoever has the database. */
  readonly signer: Signer | null
  readonly anchors: readonly Anchor[]
  /**
   * Authorities whose log the signer refuses, with what it says: the database was set back or written anew. Nothing more is
   * recorded for them until somebody has looked.
   */
  readonly contradicted: Map<string, string>
  /** By origin: the keys of each log as the signer last told them, so that no request waits for a signer. */
  readonly keys: Map<string, VerifierKeys>
}

/** Whether a log of an authority is not the one that was signed: then nothing more may be entered into either. */
export function isContradicted(log: LogSettings | undefined, authorityId: string): boolean {
  return LOGS.some((name) => log?.contradicted.has(`${authorityId}/${name}`))
}

export const UNSIGNED: LogSettings = {
  service: 'threshold.localhost',
  signer: null,
  anchors: [],
  contradicted: new Map(),
  keys: new Map(),
}
