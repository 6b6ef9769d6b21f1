/** The mutation score of a policy's cases: which small mistakes in the policy they would notice. */
import { contentHash } from '../hash.ts'
import { assemble } from '../policy/assemble.ts'
import { refusals } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import type { Calendar } from '../scoring/score.ts'
import { ENGINE_SEMANTICS } from '../semantics.ts'
import { bare } from './bare.ts'
import { isEquivalent } from './equivalent.ts'
import { MUTANTS_VERSION, type Mutant, mutantsOf } from './mutants.ts'
import type { CasesFile } from './shape.ts'
import { fails, likeliest, trialsOf } from './trials.ts'

export const FATES = ['noticed', 'refused', 'equivalent', 'explained', 'survived'] as const

export interface Fate {
  readonly mutant: Mutant
  /**
   * `noticed`: a case comes out otherwise. `refused`: the policy check would not let it through. `equivalent`: it is
   * proven to mean the same. `explained`: the cases file says why no case can notice. `survived`: none of these.
   */
  readonly fate: (typeof FATES)[number]
  /** The case, the code of the problem, or the reason. */
  readonly by: string
}

export interface Measured {
  readonly fates: readonly Fate[]
  /** Explanations of mutants that are noticed or that there are not; each is a mistake of the cases file. */
  readonly stale: readonly string[]
}

/** Tries every mutant of a policy against cases that all come out as agreed. */
export function measure(policy: Policy, { cases, unmutated = [] }: CasesFile, calendar: Calendar): Measured {
  const document = bare(policy.document)
  const base = assemble(document, policy.pack)
  const trials = trialsOf(policy, cases, calendar)
  const explained = new Map(unmutated.map(({ mutant, why }) => [mutant, why]))
  const fates = mutantsOf(document).map((mutant): Fate => {
    const changed = assemble(mutant.document, policy.pack, mutant.id)
    const killer = likeliest(trials, document, mutant).find((trial) => fails(changed, trial, calendar))
    if (killer) return { mutant, fate: 'noticed', by: killer.case }
    const [problem] = refusals(mutant.document, policy.pack)
    if (problem !== undefined) return { mutant, fate: 'refused', by: problem }
    if (isEquivalent(base, mutant))
      return { mutant, fate: 'equivalent', by: 'nothing that it changes makes a difference' }
    const why = explained.get(mutant.id)
    return why === undefined ? { mutant, fate: 'survived', by: '' } : { mutant, fate: 'explained', by: why }
  })
  const open = new Set(fates.filter(({ fate }) => fate === 'explained').map(({ mutant }) => mutant.id))
  return { fates, stale: [...explained.keys()].filter((id) => !open.has(id)) }
}

/** What is stored of a measurement, with what it holds for: the policy, the cases, the engine and the kind of mutants. */
export interface Digest extends Readonly<Record<(typeof FATES)[number], number>> {
  readonly format: 'threshold.mutation/1'
  readonly policy: string
  readonly policyHash: string
  readonly casesHash: string
  readonly engine: string
  readonly mutantsVersion: number
}

export function digestOf(policy: Policy, cases: CasesFile, { fates }: Measured): Digest {
  const count = (wanted: Fate['fate']): number => fates.filter(({ fate }) => fate === wanted).length
  return {
    ...pinned(policy, cases),
    noticed: count('noticed'),
    refused: count('refused'),
    equivalent: count('equivalent'),
    explained: count('explained'),
    survived: count('survived'),
  }
}

/** What a stored measurement has to name for it to hold still. */
export function pinned(policy: Policy, cases: CasesFile) {
  return {
    format: 'threshold.mutation/1' as const,
    policy: `${policy.id}@${policy.version}`,
    policyHash: policy.hash,
    casesHash: contentHash(cases),
    engine: ENGINE_SEMANTICS,
    mutantsVersion: MUTANTS_VERSION,
  }
}
