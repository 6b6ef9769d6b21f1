import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Teardown } from './database.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `threshold …` in the root of the project, with these settings and no others of the service. */
export async function threshold(args: readonly string[], settings: Record<string, string> = {}): Promise<Ran> {
  // The cache of compiled modules is Node's own setting, and no setting of the service.
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const env = { PATH, HOME, NODE_COMPILE_CACHE, ...settings }
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { cwd: ROOT, env })
  const out = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (out.stdout += chunk))
  child.stderr.on('data', (chunk) => (out.stderr += chunk))
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, ...out }
}

/** A folder of one test's own, gone with it. */
export function temporaryFolder(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'threshold-test-'))
  t.teardown(async () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
