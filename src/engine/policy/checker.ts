/** What the checks of a resolved policy share: reporting at the right place, and looking codes up. */
import { type Path, type Problem, suggestion } from '../problem.ts'
import { problemAt } from './read.ts'
import type { Resolved } from './resolve.ts'
import { levelRanks, type PolicyDocument } from './shape.ts'
import type { StatutoryPack } from './statutory.ts'

export interface Checker {
  readonly policy: PolicyDocument
  readonly pack: StatutoryPack
  /** Rank of each level, and of each column of a matrix by the level that it stands for. */
  readonly levelRank: ReadonlyMap<string, number>
  error(path: Path, code: string, message: string): void
  warn(path: Path, code: string, message: string): void
  /** Reports a code that is not among the known ones, with the nearest that are. */
  known(path: Path, code: string | undefined, codes: ReadonlySet<string>, what: string): void
}

export function checker(resolved: Resolved, policy: PolicyDocument, pack: StatutoryPack, problems: Problem[]): Checker {
  const report =
    (severity: Problem['severity']) =>
    (path: Path, code: string, message: string): void => {
      const { source, path: written } = resolved.origin(path)
      problems.push(problemAt(source.read, written, { code, message, severity }))
    }
  const error = report('error')
  return {
    policy,
    pack,
    levelRank: levelRanks(policy),
    error,
    warn: report('warning'),
    known(path, code, codes, what) {
      if (code === undefined || codes.has(code)) return
      error(path, 'unknown-code', `There is no ${what} “${code}”.${suggestion(code, codes)}`)
    },
  }
}
