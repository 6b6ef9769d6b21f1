/** What indicators may and may not say: polarity by kind, grades in order, ages that exist, triggers that are absolute. */
import { COMMON_SCALE, OCCURRENCES } from '../vocabulary.ts'
import type { Checker } from './checker.ts'
import type { IndicatorSpec } from './shape.ts'

export function checkIndicatorMeaning(check: Checker): void {
  check.policy.indicators.forEach((indicator, i) => {
    if (indicator.kind === 'protective' || indicator.kind === 'expected') refuseWeight(check, indicator, i)
    if ((indicator.kind === 'measure') !== (indicator.measure !== undefined)) {
      check.error(
        ['indicators', i],
        'measure-mismatch',
        `${indicator.code}: kind “measure” and the property “measure” go together.`,
      )
    }
    checkGrades(check, indicator, i)
    checkAge(check, indicator, i)
    checkTriggers(check, indicator, i)
    if (indicator.absolute && indicator.evidence) {
      check.error(
        ['indicators', i, 'evidence'],
        'absolute-narrowed',
        `${indicator.code} is absolute: evidence of any kind counts. Take “evidence” out.`,
      )
    }
  })
  for (const trigger of check.pack.triggers) {
    if (check.policy.indicators.some(({ triggers }) => triggers.includes(trigger.code))) continue
    check.error(
      ['indicators'],
      'trigger-not-covered',
      `No indicator expresses the statutory trigger “${trigger.code}” (${trigger.label}). Give one \`triggers: [${trigger.code}]\` and \`absolute: true\`.`,
    )
  }
}

/** A protective factor or an ordinary descriptor may not carry anything that could raise a level. */
function refuseWeight(check: Checker, indicator: IndicatorSpec, i: number): void {
  const carried = [
    indicator.alone && 'alone',
    indicator.absolute && 'absolute',
    indicator.grades && 'grades',
    indicator.points && 'points',
    indicator.urgency && 'urgency',
    indicator.triggers.length > 0 && 'triggers',
  ].filter((name) => typeof name === 'string')
  for (const name of carried) {
    check.error(
      ['indicators', i, name],
      'kind-cannot-raise',
      `${indicator.code} is ${indicator.kind}: it cannot have “${name}”.`,
    )
  }
  if (check.levelRank.get(indicator.level) !== 0) {
    check.error(
      ['indicators', i, 'level'],
      'kind-level',
      `${indicator.code} is ${indicator.kind}: put it at the lowest level.`,
    )
  }
}

function checkGrades(check: Checker, indicator: IndicatorSpec, i: number): void {
  if (!indicator.grades) return
  const ranks = OCCURRENCES.flatMap((occurrence) => {
    const level = indicator.grades?.[occurrence]
    return level === undefined ? [] : [check.levelRank.get(level) ?? 0]
  })
  if (ranks[0] !== check.levelRank.get(indicator.level)) {
    check.error(
      ['indicators', i, 'grades'],
      'grade-start',
      `${indicator.code}: the first grade is the indicator's own level, ${indicator.level}.`,
    )
  }
  if (ranks.some((rank, g) => g > 0 && rank < (ranks[g - 1] ?? 0))) {
    check.error(
      ['indicators', i, 'grades'],
      'grade-order',
      `${indicator.code}: a more frequent grade cannot be at a lower level.`,
    )
  }
}

function checkAge(check: Checker, indicator: IndicatorSpec, i: number): void {
  const { age } = indicator
  if (!age) return
  if (age.unborn !== true && age.fromMonths === undefined && age.toMonths === undefined) {
    check.error(
      ['indicators', i, 'age'],
      'age-empty',
      `${indicator.code}: this age range holds no child. Write fromMonths, toMonths or unborn: true.`,
    )
  }
  if ((age.fromMonths ?? 0) > (age.toMonths ?? 300)) {
    check.error(['indicators', i, 'age'], 'age-order', `${indicator.code}: fromMonths is greater than toMonths.`)
  }
}

function checkTriggers(check: Checker, indicator: IndicatorSpec, i: number): void {
  if (indicator.triggers.length === 0) return
  if (!indicator.absolute) {
    check.error(
      ['indicators', i, 'triggers'],
      'trigger-not-absolute',
      `${indicator.code} expresses a statutory trigger, so it must be \`absolute: true\`.`,
    )
  }
  for (const code of indicator.triggers) {
    const trigger = check.pack.triggers.find((candidate) => candidate.code === code)
    const level = check.policy.levels[check.levelRank.get(indicator.level) ?? -1]
    if (!trigger || !level || COMMON_SCALE.indexOf(level.common) >= COMMON_SCALE.indexOf(trigger.atLeast)) continue
    check.error(
      ['indicators', i, 'level'],
      'below-statutory-floor',
      `${indicator.code} expresses “${code}”, which places a child at ${trigger.atLeast.replaceAll('_', ' ')} or above; ${level.label} is lower.`,
    )
  }
}
