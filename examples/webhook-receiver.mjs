// Receives webhooks. WEBHOOK_SECRET is the secret that the answer of `addWebhook` held.
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(process.env.WEBHOOK_SECRET)
const seen = new Set()

const server = createServer(async (request, response) => {
  const body = await text(request)
  try {
    const event = webhook.verify(body, request.headers)
    if (!seen.has(event.id)) console.log(event.type, event.subject, JSON.stringify(event.data))
    seen.add(event.id)
    response.writeHead(204).end()
  } catch {
    response.writeHead(401).end()
  }
})
server.listen(process.env.PORT ?? 4000, '127.0.0.1', () => console.log('listening', server.address().port))
