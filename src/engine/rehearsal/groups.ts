/** The groups by which movements are counted. For monitoring alone: nothing here is an input to scoring. */
import { compare } from '../conditions/evaluate.ts'
import type { AgeInMonths } from '../conditions/state.ts'
import type { Policy } from '../policy/policy.ts'
import type { Child } from '../referral/shape.ts'
import type { SnapshotChild } from '../referral/snapshot.ts'

export const DIMENSIONS = ['source', 'age_band', 'category', 'ethnicity', 'disability'] as const
export type Dimension = (typeof DIMENSIONS)[number]
/** Of these a child may be in several groups; of the others it is in one. */
export const MANY_VALUED: readonly Dimension[] = ['category', 'disability']

export type Groups = Readonly<Record<Dimension, readonly string[]>>

/** Ages as the children in need census groups them, with those not yet born and those not known. */
export const AGE_BANDS = [
  'unborn',
  'under_1',
  '1_to_4',
  '5_to_9',
  '10_to_15',
  '16_to_17',
  '18_and_over',
  'not_known',
] as const

/** Codes of the children in need census. Others are counted as one, so that groups are few whatever is sent. */
const ETHNICITIES = codes(
  'WBRI WIRI WIRT WROM WOTH MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT',
)
const DISABILITIES = codes('NONE MOB HAND PC INC COMM LD HEAR VIS BEH CON AUT DDA')

const NOT_STATED = 'not_stated'
const OTHER_CODE = 'other_code'

export interface Grouped {
  readonly sourceCode: string
  /** The child as the referral has it; nothing of it but what is monitored is read. */
  readonly child: Pick<Child, 'ethnicity' | 'disabilities'>
  /** The same child as it is scored. */
  readonly snapshot: Pick<SnapshotChild, 'age' | 'findings' | 'measurements'>
}

/** The groups of a child, at least one of each dimension. Categories are those of the policy that is given. */
export function groupsOf(policy: Policy, { sourceCode, child, snapshot }: Grouped): Groups {
  const { ethnicity, disabilities = [] } = child
  return {
    source: [sourceCode],
    age_band: [ageBand(snapshot.age)],
    category: orElse(concernsOf(policy, snapshot), 'none_named'),
    ethnicity: [ethnicity === undefined ? NOT_STATED : known(ETHNICITIES, ethnicity)],
    disability: orElse(
      disabilities.map((code) => known(DISABILITIES, code)),
      NOT_STATED,
    ),
  }
}

/** An estimate that spans two bands says neither. */
export function ageBand(age: AgeInMonths | null): (typeof AGE_BANDS)[number] {
  if (age === null) return 'not_known'
  const [from, to] = [bandAt(age.low), bandAt(age.high)]
  return from === to ? from : 'not_known'
}

function bandAt(months: number): (typeof AGE_BANDS)[number] {
  if (months < 0) return 'unborn'
  const years = Math.floor(months / 12)
  if (years < 1) return 'under_1'
  if (years < 5) return '1_to_4'
  if (years < 10) return '5_to_9'
  if (years < 16) return '10_to_15'
  return years < 18 ? '16_to_17' : '18_and_over'
}

/** Categories of what is said to be present or not known, by findings and by numbers. */
function concernsOf(policy: Policy, { findings, measurements }: Grouped['snapshot']): string[] {
  const categories = new Set<string>()
  const add = (index: number): void => {
    for (const category of policy.indicators[index]?.spec.categories ?? []) categories.add(category)
  }
  for (const { indicator, state } of findings) if (state !== 'absent') add(policy.indexOf.get(indicator) ?? -1)
  if (measurements.length > 0) {
    for (const { index, spec } of policy.indicators) {
      const { measure } = spec
      if (
        measure &&
        measurements.some((one) => one.measure === measure.name && compare(one.value, measure.is, measure.value))
      )
        add(index)
    }
  }
  return [...categories]
}

function codes(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

function orElse(groups: readonly string[], other: string): string[] {
  return groups.length > 0 ? [...new Set(groups)].sort() : [other]
}

function known(codes: ReadonlySet<string>, code: string): string {
  return codes.has(code) ? code : OTHER_CODE
}
