/** The process of `identity-provider.ts`: oidc-provider with clients that ask in their own name for access tokens of RFC 9068. */
import Provider from 'oidc-provider'
import { CLIENT_SECRET, type ProviderPlan } from './identity-provider.ts'

const { port, keys, audience, clients } = JSON.parse(process.argv[2] ?? '{}') as ProviderPlan
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [...keys] },
  clients: Object.keys(clients).map((id) => ({
    client_id: id,
    client_secret: CLIENT_SECRET,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: 'ES256',
  })),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context: unknown, resource: string) => ({
        scope: '',
        audience: resource === audience ? audience : resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3600,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  extraTokenClaims: (_context: unknown, token: { clientId?: string }) => ({ authority: clients[token.clientId ?? ''] }),
})
provider.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'))
