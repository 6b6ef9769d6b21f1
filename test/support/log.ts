import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createLogger } from '../../src/log.ts'
import type { Teardown } from './database.ts'

export interface CapturedLog {
  readonly logger: Logger
  /** Everything that was logged so far. */
  text(): string
}

/** The logger of the service itself, at its most talkative, writing into a file instead of standard output. */
export function capturedLog(t: Teardown): CapturedLog {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-log-'))
  const file = join(folder, 'log')
  const descriptor = openSync(file, 'a')
  const logger = writingTo(descriptor, () => createLogger('trace'))
  // The descriptor stays open: a late line must not go to whatever would get its number next.
  t.teardown(async () => rmSync(folder, { recursive: true, force: true }))
  return { logger, text: () => readFileSync(file, 'utf8') }
}

/** pino takes the descriptor of standard output when it is made, unless somebody has replaced `write`. */
function writingTo<T>(descriptor: number, make: () => T): T {
  const { stdout } = process
  const own = Object.getOwnPropertyDescriptors(stdout)
  Object.defineProperty(stdout, 'fd', { value: descriptor, configurable: true, writable: true })
  if (own['write']) Reflect.deleteProperty(stdout, 'write')
  try {
    return make()
  } finally {
    if (own['fd']) Object.defineProperty(stdout, 'fd', own['fd'])
    else Reflect.deleteProperty(stdout, 'fd')
    if (own['write']) Object.defineProperty(stdout, 'write', own['write'])
  }
}
