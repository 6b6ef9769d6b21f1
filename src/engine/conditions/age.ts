/** Ages of a policy against the age of a child. */
import { fromBounds, type Kleene } from './kleene.ts'
import type { AgeRange } from './shape.ts'
import type { AgeInMonths } from './state.ts'

/** An age range with nothing left out: months from `from` to `to` of a child that is born, and whether the unborn are in it. */
export interface AgeBounds {
  readonly unborn: boolean
  readonly born: boolean
  readonly from: number
  readonly to: number
}

export function ageBounds({ unborn, fromMonths, toMonths }: AgeRange): AgeBounds {
  return {
    unborn: unborn === true,
    born: fromMonths !== undefined || toMonths !== undefined || unborn !== true,
    from: fromMonths ?? 0,
    to: toMonths ?? Number.MAX_SAFE_INTEGER,
  }
}

/** Whether an age lies in a range: surely, possibly (an estimate that straddles it), or not. */
export function ageWithin({ unborn, born, from, to }: AgeBounds, { low, high }: AgeInMonths): Kleene {
  const youngest = low < 0 ? 0 : low
  const all = (low >= 0 || unborn) && (high < 0 || (born && youngest >= from && high <= to))
  const any = (low < 0 && unborn) || (high >= 0 && born && youngest <= to && high >= from)
  return fromBounds(all, any)
}
