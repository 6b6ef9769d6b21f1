/** A signer in another process. */
import { request as ask } from 'node:http'
import type { Signer } from '../kernel/signer.ts'
import { KeysAnswer, readAnswer, requestText } from './protocol.ts'

const TIMEOUT_MS = 5000
const ANSWER_BYTES_MAX = 16_384

/** @param address `unix:/run/threshold/signer.sock` or `http://127.0.0.1:7210` */
export function remoteSigner(address: string): Signer {
  return {
    async sign(request) {
      return readAnswer(await send(address, 'POST', '/sign', requestText(request)))
    },
    async verifierKeys(origin) {
      const text = await send(address, 'GET', `/keys?origin=${encodeURIComponent(origin)}`)
      return KeysAnswer.parse(JSON.parse(text)).verifierKeys
    },
  }
}

/** @throws Error when there is no answer, or one that is no success */
function send(address: string, method: string, path: string, body?: string): Promise<string> {
  const where = address.startsWith('unix:')
    ? { socketPath: address.slice('unix:'.length) }
    : { host: new URL(address).hostname, port: new URL(address).port }
  return new Promise((resolve, reject) => {
    const outgoing = ask({ ...where, method, path, timeout: TIMEOUT_MS }, (response) => {
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
    outgoing.on('timeout', () => outgoing.destroy(new Error('The signer does not answer')))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
