/**
 * Which trials a mutant could concern at all. Everything here errs on the side of yes: a trial that is left out comes out
 * of the policy and of the mutant the same, whatever the engine makes of it.
 */
import type { Condition } from '../conditions/shape.ts'
import type { IndicatorSpec, PolicyDocument } from '../policy/shape.ts'
import type { SnapshotChild } from '../referral/snapshot.ts'
import type { Mutant } from './mutants.ts'
import type { Trial } from './trials.ts'

/** Whether the mutant could give for the trial something else than the policy that it was made of. */
export function concerns(document: PolicyDocument, mutant: Mutant): Concerned {
  const { section, index, code } = mutant
  switch (section) {
    case 'indicators': {
      const measure = document.indicators[index]?.measure?.name ?? ''
      return ({ findings }) => findings.has(code) || findings.has(measure)
    }
    case 'rules': {
      const both = [document.rules[index], mutant.document.rules.find(({ id }) => id === code)]
      return (trial) => both.some((rule) => rule && mayHold(rule.when, trial))
    }
    case 'clusters': {
      const both = [document.clusters[index], mutant.document.clusters.find(({ id }) => id === code)]
      return ({ specs }) => both.some((cluster) => cluster && specs.length >= cluster.count)
    }
    case 'routing': {
      const route = document.routing[index]
      return ({ reached }) => route !== undefined && reached.has(route.level)
    }
    case 'gates':
      return ({ snapshot }) => snapshot.facts.some((fact) => fact.code === code)
    // Of whom nothing is established, what holds at the lowest level is said.
    case 'levels':
      return ({ reached }) => reached.has(code) || document.levels[0]?.code === code
    case 'points':
      return ({ specs }) => specs.some(({ points }) => points !== undefined)
    case 'responses':
      return ({ responses }) => responses.has(code)
    // A column says at what level an indicator of the matrix stands, and such indicators alone are counted by it.
    case 'matrices':
      return ({ specs }) => specs.some(({ matrix }) => matrix === code)
    case 'repetition':
      return ({ snapshot }) => hasOccasions(snapshot.children[0])
    default:
      return concernsPractice(document, mutant)
  }
}

/** A requirement or a step is said of a child at its level, where its condition may hold. */
function concernsPractice(document: PolicyDocument, { section, code, document: changed }: Mutant): Concerned {
  const [lowest] = document.levels
  const said = (of: PolicyDocument): readonly Said[] =>
    section === 'requirements'
      ? (of.requirements ?? [])
      : (of.transitions ?? []).map(({ from, ...step }) => ({ ...step, levels: [from] }))
  const both = [document, changed].flatMap((of) => said(of).filter(({ id }) => id === code))
  return (trial) =>
    both.some(
      ({ levels, when }) =>
        // Of whom nothing is established, what holds at the lowest level is said.
        (levels?.some((level) => trial.reached.has(level) || level === lowest?.code) ?? true) &&
        (when === undefined || mayHold(when, trial)),
    )
}

interface Said {
  readonly id: string
  readonly levels?: readonly string[] | undefined
  readonly when?: Condition | undefined
}

type Concerned = (trial: Trial) => boolean

/** Two pieces of evidence, each of one occasion, are the fewest that can count as more. */
function hasOccasions(child: SnapshotChild | undefined): boolean {
  const pieces = (child?.findings ?? []).flatMap(({ evidence }) => evidence)
  return pieces.filter(({ occurrence }) => occurrence === 'once').length > 1
}

/** False only where the condition surely does not hold for the child, whatever its numbers are. */
function mayHold(condition: Condition, trial: Trial): boolean {
  if ('all' in condition) return condition.all.every((part) => mayHold(part, trial))
  if ('any' in condition) return condition.any.some((part) => mayHold(part, trial))
  if ('atLeast' in condition) return condition.atLeast.of.some((part) => mayHold(part, trial))
  if ('present' in condition) return trial.specs.some(({ code }) => code === condition.present)
  if ('count' in condition) {
    const { category, atLeast } = condition.count
    const fitting = trial.specs.filter(({ categories }) => category === undefined || categories.includes(category))
    return fitting.length >= atLeast
  }
  if ('measure' in condition) return trial.findings.has(condition.measure)
  if ('assessment' in condition) {
    const { assessments = [] } = trial.snapshot.children[0] ?? {}
    return assessments.some(({ assessment }) => assessment === condition.assessment)
  }
  if ('history' in condition) return (trial.snapshot.children[0]?.history ?? []).length > 0
  return true
}

/** Indicators that may be found of a child: those named, and those whose measure is given. */
export function foundSpecs({ indicators }: PolicyDocument, child: SnapshotChild): IndicatorSpec[] {
  const named = new Set(child.findings.filter(({ state }) => state !== 'absent').map(({ indicator }) => indicator))
  const measured = new Set(child.measurements.map(({ measure }) => measure))
  return indicators.filter(({ code, measure }) => named.has(code) || (measure && measured.has(measure.name)))
}
