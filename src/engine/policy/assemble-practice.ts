/** The sections on practice, with their conditions as tests. Null for a policy that has none of them. */
import { compileCondition, type Names, type Test } from '../conditions/evaluate.ts'
import type { Condition } from '../conditions/shape.ts'
import type { LevelSpec, PolicyDocument } from './shape.ts'

export interface Conditional<T> {
  readonly spec: T
  /** Null where the document makes no condition. */
  readonly test: Test | null
}

type Item<K extends 'requirements' | 'transitions'> = NonNullable<PolicyDocument[K]>[number]

export interface CompiledPractice {
  /** By level rank; null where the level is not split. */
  readonly splits: readonly (readonly Conditional<NonNullable<LevelSpec['splits']>[number]>[] | null)[]
  readonly requirements: readonly Conditional<Item<'requirements'>>[]
  readonly transitions: readonly Conditional<Item<'transitions'>>[]
  readonly secondScreening: Test | null
  readonly signOff: Test | null
}

export function compilePractice(document: PolicyDocument, names: Names): CompiledPractice | null {
  if (!hasPractice(document)) return null
  const test = (when: Condition | undefined): Test | null => (when ? compileCondition(when, names) : null)
  const conditional = <T extends { when?: Condition | undefined }>(spec: T): Conditional<T> => ({
    spec,
    test: test(spec.when),
  })
  const { secondScreening, signOff } = document.oversight
  return {
    splits: document.levels.map(({ splits }) => splits?.map((split) => conditional(split)) ?? null),
    requirements: (document.requirements ?? []).map((item) => conditional(item)),
    transitions: (document.transitions ?? []).map((item) => conditional(item)),
    secondScreening: test(secondScreening.when),
    signOff: test(signOff.when),
  }
}

function hasPractice({ levels, oversight, ...sections }: PolicyDocument): boolean {
  const { requirements, transitions, forbidden, guidance } = sections
  return (
    [requirements, transitions, forbidden, guidance, oversight.secondScreening.when, oversight.signOff.when].some(
      (part) => part !== undefined,
    ) ||
    levels.some(({ splits, reviewWeeks, limitWeeks }) => [splits, reviewWeeks, limitWeeks].some((p) => p !== undefined))
  )
}
