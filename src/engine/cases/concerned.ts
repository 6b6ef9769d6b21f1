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
export function concerns(document: PolicyDocument, mutant: Mutant): (trial: Trial) => boolean {
  const { section, index, code } = mutant
  if (section === 'indicators') {
    const measure = document.indicators[index]?.measure?.name ?? ''
    return ({ findings }) => findings.has(code) || findings.has(measure)
  }
  if (section === 'rules') {
    const both = [document.rules[index], mutant.document.rules.find(({ id }) => id === code)]
    return (trial) => both.some((rule) => rule && mayHold(rule.when, trial))
  }
  if (section === 'clusters') {
    const both = [document.clusters[index], mutant.document.clusters.find(({ id }) => id === code)]
    return ({ specs }) => both.some((cluster) => cluster && specs.length >= cluster.count)
  }
  if (section === 'routing') {
    const route = document.routing[index]
    return ({ reached }) => route !== undefined && reached.has(route.level)
  }
  if (section === 'gates') return ({ snapshot }) => snapshot.facts.some((fact) => fact.code === code)
  if (section === 'points') return ({ specs }) => specs.some(({ points }) => points !== undefined)
  return ({ responses }) => responses.has(code)
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
  if ('history' in condition) return (trial.snapshot.children[0]?.history ?? []).length > 0
  return true
}

/** Indicators that may be found of a child: those named, and those whose measure is given. */
export function foundSpecs({ indicators }: PolicyDocument, child: SnapshotChild): IndicatorSpec[] {
  const named = new Set(child.findings.filter(({ state }) => state !== 'absent').map(({ indicator }) => indicator))
  const measured = new Set(child.measurements.map(({ measure }) => measure))
  return indicators.filter(({ code, measure }) => named.has(code) || (measure && measured.has(measure.name)))
}
