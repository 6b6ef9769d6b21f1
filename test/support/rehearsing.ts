/** Short ways to a rehearsal: a draft of the Northmoor policy with something changed, and its rehearsal carried out. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { POLICIES_ROOT } from '../../src/features/policies/files.ts'
import { advance, type Runner, type Step } from '../../src/features/rehearsals/advance.ts'
import { idsInOrder } from '../../src/kernel/ids.ts'
import { edited } from './policies.ts'
import type { Call, Json } from './surfaces.ts'
import type { World } from './world.ts'

const northmoor = (ending: string): string => readFileSync(join(POLICIES_ROOT, `northmoor/2026-04${ending}`), 'utf8')
const POLICY = northmoor('.yaml')
const CASES = northmoor('.cases.yaml')

type Edit = readonly [from: string, to: string]

/** A parent who fears hurting the child is enough for level 3: no longer, it is one of several things at level 2. */
export const LOWERED: Edit = [
  'code: PHY-04\n    kind: risk\n    level: L3',
  'code: PHY-04\n    kind: risk\n    level: L2',
]
/** The same is enough for level 4. */
export const RAISED: Edit = [
  'code: PHY-04\n    kind: risk\n    level: L3',
  'code: PHY-04\n    kind: risk\n    level: L4',
]
/** The draft does not have it at all: whoever names it is withheld. */
export const DROPPED: Edit = ['code: PHY-04\n', 'code: PHY-99\n']

/** The files of the version in force. */
export function northmoorFiles(): { policy: string; cases: string } {
  return { policy: POLICY, cases: CASES }
}

/** The files of a next version with something changed. */
export function draftFiles(...edits: readonly Edit[]): { policy: string; cases: string } {
  const next: Edit = ['version: "2026-04"', 'version: "2027-04"']
  const policy = edited(POLICY, next, ...edits)
  return { policy, cases: edited(CASES, ['northmoor@2026-04', 'northmoor@2027-04']) }
}

/** The id of a draft by the author. Its hundreds of cases are left out: comparing them takes longer than all else. */
export async function drafted(on: Call, ...edits: readonly Edit[]): Promise<string> {
  const { policy } = draftFiles(...edits)
  return await draftedFrom(on, { policy })
}

export async function draftedFrom(on: Call, files: { policy: string; cases?: string }): Promise<string> {
  const { data, text } = await on('author', 'createPolicyDraft', { body: { files } })
  if (!data) throw new Error(`not drafted: ${text}`)
  return data.draft.id
}

export async function started(on: Call, body: object): Promise<Json> {
  const { data, text } = await on('author', 'startRehearsal', { body })
  if (!data) throw new Error(`not started: ${text}`)
  return data.rehearsal
}

export function runnerOf(world: World, more: Partial<Runner> = {}): Runner {
  const { database, clock } = world
  const newId = idsInOrder(() => clock.now, randomBytes)
  return { database, newId, now: () => new Date(clock.now).toISOString(), batch: 2, ...more }
}

/** Carries out whatever waits; the steps that it took. */
export async function carriedOut(world: World, authorityId: string, more: Partial<Runner> = {}): Promise<Step[]> {
  const steps: Step[] = []
  for (;;) {
    const step = await advance(runnerOf(world, more), authorityId)
    if (step === 'idle') return steps
    steps.push(step)
  }
}
