/**
 * `threshold policy rehearse FILE --against FILE`: the cases of a policy file under another policy file.
 * `threshold policy rehearse --draft ID`: a draft over the stored referrals of a running service, which does the work.
 */
import { setTimeout } from 'node:timers/promises'
import { comparisonOf } from '../../engine/rehearsal/compare.ts'
import { compareCases } from '../../features/rehearsals/cases.ts'
import type { MovedCase, NewRehearsal, Rehearsal } from '../../features/rehearsals/model.ts'
import {
  cancelRehearsal,
  resumeRehearsal,
  showRehearsal,
  startRehearsal,
} from '../../features/rehearsals/operations.ts'
import { rehearsalResult } from '../../features/rehearsals/results.ts'
import type { Operation } from '../../kernel/operation.ts'
import { type Progress, progressOn } from '../progress.ts'
import { send } from './call.ts'
import { usablePolicy } from './policy-compare.ts'

type Print = (line: string) => void

export interface RehearseOptions {
  readonly against?: string
  readonly draft?: string
  readonly revision?: string
  readonly from?: string
  readonly to?: string
  readonly sample?: string
  readonly seed: string
  readonly resume?: string
  readonly as: string
  readonly authority: string
  readonly json?: boolean
}

/** Exit status: 0 nobody would go down, 1 it did not work, 3 somebody would, 130 it was cancelled. */
export async function policyRehearse(
  file: string | undefined,
  options: RehearseOptions,
  print: Print,
): Promise<0 | 1 | 3 | 130> {
  const ways = [file, options.draft, options.resume].filter((given) => given !== undefined)
  if (ways.length !== 1) throw new Error('Give one of a policy file, --draft or --resume.')
  if (file !== undefined) return await rehearseFile(file, options, print)
  return await rehearseStored(options, print)
}

async function rehearseFile(file: string, { against, json }: RehearseOptions, print: Print): Promise<0 | 1 | 3> {
  if (against === undefined) throw new Error('--against: give the policy file to compare with.')
  const [before, after] = [usablePolicy(against, print), usablePolicy(file, print)]
  if (!before || !after) return 1
  const { total, moved } = await compareCases(comparisonOf(before.policy, after.policy), after.cases)
  const down = moved.filter(({ ways }) => ways.length > 0)
  if (json) print(JSON.stringify({ total, moved }, null, 2))
  else {
    for (const item of moved) print(`${item.id} (${item.child}) “${item.title}”: ${movement(item)}`)
    print(`${total} children in the cases, ${moved.length} placed otherwise, ${down.length} with less than before`)
  }
  return down.length > 0 ? 3 : 0
}

function movement({ levelBefore, levelAfter, responseBefore, responseAfter, ways }: MovedCase): string {
  const response = responseBefore === responseAfter ? responseBefore : `${responseBefore} → ${responseAfter}`
  const less = ways.length > 0 ? `; less than before: ${ways.join(', ')}` : ''
  return `${levelBefore} → ${levelAfter}, ${response}${less}`
}

const ASK_MS = 500

async function rehearseStored(options: RehearseOptions, print: Print): Promise<0 | 1 | 3 | 130> {
  const service = serviceOf(options)
  const { rehearsal: first } = (await (options.resume === undefined
    ? service(startRehearsal, {}, bodyOf(options))
    : service(resumeRehearsal, { rehearsalId: options.resume }))) as { rehearsal: Rehearsal }
  const params = { rehearsalId: first.id }
  const interrupted = new AbortController()
  const onInterrupt = (): void => interrupted.abort()
  process.once('SIGINT', onInterrupt)
  const progress = progressOn(process.stderr, 'referrals')
  try {
    const last = await follow(first, async () => (await service(showRehearsal, params)) as Rehearsal, {
      progress,
      signal: interrupted.signal,
    })
    if (interrupted.signal.aborted && (last.state === 'queued' || last.state === 'running')) {
      await service(cancelRehearsal, params)
      console.error(`Cancelled. To go on: threshold policy rehearse --resume ${first.id}`)
      return 130
    }
    if (last.state !== 'completed') {
      console.error(`The rehearsal is ${last.state}${last.failure ? ` (${last.failure})` : ''}.`)
      return 1
    }
    report(last, (await service(rehearsalResult, params)) as ShownResult, options.json ?? false, print)
    return last.down > 0 ? 3 : 0
  } finally {
    process.off('SIGINT', onInterrupt)
  }
}

/** Asks until it is over, or until somebody interrupts. */
async function follow(
  first: Rehearsal,
  ask: () => Promise<Rehearsal>,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Rehearsal> {
  let last = first
  for (;;) {
    progress.show(last.done, last.total)
    if (signal.aborted || (last.state !== 'queued' && last.state !== 'running')) break
    // A wait that is broken off is an interruption.
    await setTimeout(ASK_MS, undefined, { signal }).catch(() => {})
    last = await ask()
  }
  progress.end()
  return last
}

function serviceOf({ as, authority }: RehearseOptions) {
  return async (operation: Operation, params: Record<string, string>, body?: object): Promise<unknown> => {
    const response = await send(operation, { ...params, as, authority }, body && JSON.stringify(body))
    const answer = (await response.json()) as { detail?: string }
    if (!response.ok) throw new Error(answer.detail ?? `The service answered ${response.status}.`)
    return answer
  }
}

function bodyOf({ draft, revision, against, from, to, sample, seed }: RehearseOptions): Partial<NewRehearsal> {
  const [policy = '', version = ''] = (against ?? '').split('@')
  return {
    ...(draft === undefined ? {} : { draft }),
    ...(revision === undefined ? {} : { revision: Number(revision) }),
    ...(against === undefined ? {} : { against: { policy, version } }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(sample === undefined ? {} : { sample: { size: Number(sample), seed: Number(seed) } }),
  }
}

interface ShownResult {
  readonly levels: { readonly whole: readonly { from: string; to: string; children: number | null }[] }
  readonly cases: { readonly total: number; readonly moved: readonly MovedCase[] }
}

function report(rehearsal: Rehearsal, result: ShownResult, json: boolean, print: Print): void {
  if (json) {
    print(JSON.stringify({ rehearsal, result }, null, 2))
    return
  }
  for (const { from, to, children } of result.levels.whole)
    print(`${from} → ${to}: ${children ?? 'not shown, small or beside a small number'}`)
  print(`cases: ${result.cases.moved.length} of ${result.cases.total} placed otherwise`)
  const { id, done, down, unaccepted, withheld, stated } = rehearsal
  print(`${done} referrals: ${down} children down (${unaccepted} not accepted), ${withheld} withheld, ${stated} stated`)
  print(`rehearsal ${id}`)
}
