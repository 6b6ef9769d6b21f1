/** Bodies: JSON in UTF-8 and nothing else, read strictly. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../kernel/errors.ts'
import { parseStrictJson } from '../kernel/strict-json.ts'

export function strictBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    /^application\/json(\s*;.*)?$/,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      const charset = /charset\s*=\s*"?([\w-]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
      if (charset && charset.toLowerCase() !== 'utf-8')
        throw new Refusal('unsupported_media_type', 'The body must be UTF-8.')
      const encoding = request.headers['content-encoding']
      if (encoding && encoding !== 'identity')
        throw new Refusal('unsupported_media_type', 'Bodies are taken uncompressed.')
      if (bytes.length === 0) return undefined
      return parseStrictJson(bytes)
    },
  )
}
