/** A signer in another process. */
import { request as ask } from 'node:http'
import type { Signer } from '../kernel/signer.ts'
import { KeysAnswer, readAnswer, requestText } from './protocol.ts'
import { resting } from './resting.ts'

const TIMEOUT_MS = 5000
const ANSWER_BYTES_MAX = 16_384

class SignerTimeout extends Error {
  override readonly name = 'SignerTimeout'
}

interface Asking {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}

/**
 * @param address `unix:/run/threshold/signer.sock` or `http://127.0.0.1:7210`
 * @param options `token`: the secret that a signer on an address asks for; `timeoutMs`: how long an answer is waited for
 */
export function remoteSigner(
  address: string,
  { token, timeoutMs = TIMEOUT_MS }: { readonly token?: string | undefined; readonly timeoutMs?: number } = {},
): Signer {
  const where = address.startsWith('unix:')
    ? { socketPath: address.slice('unix:'.length) }
    : { host: new URL(address).hostname, port: new URL(address).port }
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const send = resting(
    (asking: Asking) => sent({ ...where, headers, timeout: timeoutMs }, asking),
    (error) => error instanceof SignerTimeout,
  )
  return {
    async sign(request) {
      return readAnswer(await send({ method: 'POST', path: '/sign', body: requestText(request) }))
    },
    async verifierKeys(origin) {
      const text = await send({ method: 'GET', path: `/keys?origin=${encodeURIComponent(origin)}` })
      return KeysAnswer.parse(JSON.parse(text)).verifierKeys
    },
  }
}

/** @throws Error when there is no answer, or one that is no success */
function sent(where: object, { method, path, body }: Asking): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = ask({ ...where, method, path }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (text.length > ANSWER_BYTES_MAX) outgoing.destroy(new Error('The signer says too much'))
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`The signer answered ${response.statusCode}`))
      })
      response.on('error', reject)
    })
    outgoing.on('timeout', () => outgoing.destroy(new SignerTimeout('The signer does not answer')))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
