/** Carries out a story over REST: requests of several people one after the other, each building on what came before. */

export interface Story {
  readonly title: string
  readonly authority: string
  /** File under `examples/referrals/`. */
  readonly referral: string
  readonly steps: readonly Step[]
}

type Step = RequestStep | CompletionStep

interface RequestStep {
  /** What happens, for whoever reads along. */
  readonly what: string
  /** Account of the demo. */
  readonly who: string
  readonly post: string
  /** “referral” sends the referral; what stands in braces is replaced by what was kept. */
  readonly body?: unknown
  /** Name → place in the answer, as `recommendations[child=kofi].id`. */
  readonly keep?: Readonly<Record<string, string>>
  /** Place in the answer → what has to stand there. */
  readonly expect?: Readonly<Record<string, unknown>>
}

/** A decision gets what it needs: a second screening where it is drawn or due, then a signature. */
interface CompletionStep {
  readonly what: string
  readonly complete: string
  readonly screener: string
  readonly signatory: string
  readonly view: Readonly<Record<string, unknown>>
}

// biome-ignore lint/suspicious/noExplicitAny: an answer is looked into by the places that the story names.
type Json = any
export type Send = (who: string, method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Json>

/**
 * @param tell told of each step as it is done
 * @returns what was kept
 * @throws Error for an answer that is not as the story expects
 */
export async function carryOut(
  story: Story,
  referral: unknown,
  { send, tell }: { send: Send; tell: (line: string) => void },
): Promise<Readonly<Record<string, string>>> {
  const kept: Record<string, string> = {}
  for (const step of story.steps) {
    tell(step.what)
    if ('complete' in step) await complete(send, step, filled(step.complete, kept) as string)
    else {
      const body = step.body === 'referral' ? referral : filled(step.body, kept)
      const answer = await send(step.who, 'POST', filled(step.post, kept) as string, body)
      for (const [name, place] of Object.entries(step.keep ?? {})) kept[name] = String(at(answer, place))
      for (const [place, wanted] of Object.entries(step.expect ?? {}))
        require(step.what, place, [at(answer, place), wanted])
    }
  }
  return kept
}

function require(what: string, place: string, [found, wanted]: readonly [unknown, unknown]): void {
  if (found !== wanted)
    throw new Error(`${what}: ${place} is ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`)
}

async function complete(send: Send, step: CompletionStep, decisionId: string): Promise<void> {
  const { screener, signatory, view } = step
  const path = `/v1/decisions/${decisionId}`
  const state = async () => (await send('integration', 'GET', path)).state
  if ((await state()) === 'awaiting_second_screening') {
    await send(screener, 'POST', `${path}/pickup`)
    await send(screener, 'POST', `${path}/second-judgement`, { ...view, indicators: [], reasons: 'Read on its own.' })
  }
  if ((await state()) === 'awaiting_sign_off')
    await send(signatory, 'POST', `${path}/sign-off`, { notes: 'I have read the referral and the reasons.' })
  require(step.what, 'state', [await state(), 'complete'])
}

/** What stands in braces, in a text or anywhere below, replaced by what was kept. */
function filled(value: unknown, kept: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const found = kept[name]
      if (found === undefined) throw new Error(`Nothing was kept as ${name}`)
      return found
    })
  if (Array.isArray(value)) return value.map((item) => filled(item, kept))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, kept)]))
}

/** `a.b[key=value].c` */
function at(answer: Json, place: string): Json {
  return place.split('.').reduce((found, part) => {
    const [, name = '', key, value] = /^(\w+)(?:\[(\w+)=(\w+)\])?$/.exec(part) ?? []
    const inner = found?.[name]
    return key === undefined ? inner : inner?.find((item: Json) => item[key] === value)
  }, answer)
}
