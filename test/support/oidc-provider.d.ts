/** As much of oidc-provider as the tests use; the package brings no types. */
declare module 'oidc-provider' {
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    listen(port: number, host: string, onListening: () => void): unknown
  }
}
