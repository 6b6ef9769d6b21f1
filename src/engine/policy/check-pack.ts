/** What a statutory pack has to hold, whoever wrote it: the engine relies on some of it by name. */
import type { Problem } from '../problem.ts'
import { checkText } from './check-text.ts'
import { problemAt, type ReadFile } from './read.ts'
import type { StatutoryPack } from './statutory.ts'

export function checkPack(read: ReadFile, { clocks, triggers }: StatutoryPack): Problem[] {
  const hasDanger = triggers.some(({ code, atLeast }) => code === 'immediate-danger' && atLeast === 'child_protection')
  const danger = 'The pack has no trigger “immediate-danger” with `atLeast: child_protection`. Add it.'
  const missing = ['decision', 'assessment'].filter((name) => !clocks.some(({ code }) => code === name))
  const twice = (section: 'clocks' | 'triggers', codes: readonly string[]): Problem[] =>
    codes.flatMap((code, i) =>
      codes.indexOf(code) < i
        ? [
            problemAt(read, [section, i, 'code'], {
              code: 'duplicate-code',
              message: `“${code}” is defined twice under “${section}”.`,
            }),
          ]
        : [],
    )
  return [
    ...checkText(read),
    ...(hasDanger ? [] : [problemAt(read, ['triggers'], { code: 'pack-incomplete', message: danger })]),
    ...missing.map((name) =>
      problemAt(read, ['clocks'], { code: 'pack-incomplete', message: `The pack has no clock “${name}”. Add it.` }),
    ),
    ...twice(
      'clocks',
      clocks.map(({ code }) => code),
    ),
    ...twice(
      'triggers',
      triggers.map(({ code }) => code),
    ),
  ]
}
