/** A signer as a process of its own, which a test may stop and start again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ROOT } from '../support/command.ts'
import type { Teardown } from '../support/database.ts'

export interface SignerProcess {
  readonly address: string
  readonly folder: string
  start(): Promise<void>
  stop(): Promise<void>
}

export function signerProcess(t: Teardown, folder: string): SignerProcess {
  const address = `unix:${folder}.sock`
  let child: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  t.teardown(stop)
  return {
    address,
    folder,
    async start() {
      child = spawn(process.execPath, ['src/cli/main.ts', 'signer', '--folder', folder, '--listen', address], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      // It says so once it listens.
      await Promise.race([
        once(child.stdout!, 'data'),
        once(child, 'exit').then(() => Promise.reject(new Error('The signer ended'))),
      ])
    },
    stop,
  }
}
