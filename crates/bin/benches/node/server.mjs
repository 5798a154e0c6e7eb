// node-oidc-provider with its in-memory store, for the client credentials grant.
// Usage: node server.mjs PORT ALGORITHM CLIENT_ID CLIENT_SECRET
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, algorithm, clientId, clientSecret] = process.argv.slice(2);
const pair = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}[algorithm]();
const key = { ...pair.privateKey.export({ format: 'jwk' }), alg: algorithm, use: 'sig' };

// Client credentials have no audience of their own in node-oidc-provider: a resource makes the token a JWT.
const resource = 'https://api.example.com';
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: algorithm,
    },
  ],
  jwks: { keys: [key] },
  routes: { token: '/oauth2/token' },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      getResourceServerInfo: () => ({
        scope: 'api:read api:write',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: algorithm } },
      }),
    },
  },
});
provider.listen(Number(port), '127.0.0.1');
