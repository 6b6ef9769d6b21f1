/**
 * The versions of what scoring means. A recommendation names the version that it was made under and is replayed under
 * it for ever, so that an entry here is never edited or taken away.
 *
 * A later version adds a boolean property to `Semantics`, false in the versions before it. The engine reads it at the
 * place concerned and does there what it did before where it is false.
 */
export interface Semantics {
  /** As in the pins of a recommendation. */
  readonly version: string
  /** What comes out otherwise than under the version before. */
  readonly changed: string
}

const FIRST: Semantics = { version: '1', changed: 'The first: everything as DESIGN.md says.' }

/** Oldest first. */
export const SEMANTICS: readonly Semantics[] = [FIRST]

/** What recommendations are made under now. */
export const CURRENT_SEMANTICS: Semantics = FIRST

/** Raised whenever the same policy and snapshot could come out otherwise than before. */
export const ENGINE_SEMANTICS = CURRENT_SEMANTICS.version

/** Undefined for a version that this engine does not have. */
export function semanticsOf(version: string): Semantics | undefined {
  return SEMANTICS.find((known) => known.version === version)
}
