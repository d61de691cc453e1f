import { bool, choice, int, list, multi, str } from '../option.ts';

// keystone/conf/auth.py, token.py and their neighbours. Durations are seconds.
export const auth = {
  additional_primary_auth_methods: list([]),
  application_credential: str(null),
  ec2credential: str(null),
  external: str(null),
  mapped: str(null),
  methods: list(['external', 'password', 'token', 'oauth1', 'mapped', 'application_credential', 'ec2credential']),
  oauth1: str(null),
  password: str(null),
  token: str(null),
};

export const token = {
  allow_expired_window: int(172800),
  allow_rescope_scoped_token: bool(true),
  cache_on_issue: bool(true),
  cache_time: int(null, { min: 0, max: 2 ** 63 }),
  caching: bool(true),
  expiration: int(3600, { min: 0, max: 2 ** 63 }),
  provider: str('fernet'),
  revoke_by_id: bool(true),
};

export const fernet_tokens = {
  key_repository: str('/etc/keystone/fernet-keys/'),
  max_active_keys: int(3, { min: 1 }),
};

export const jwt_tokens = {
  jws_accepted_algorithms: list(['ES256']),
  jws_algorithm: choice('ES256', ['ES256', 'ES384', 'ES512', 'EdDSA']),
  jws_private_key_repository: str('/etc/keystone/jws-keys/private'),
  jws_public_key_repository: str('/etc/keystone/jws-keys/public'),
};

export const fernet_receipts = {
  key_repository: str('/etc/keystone/fernet-keys/'),
  max_active_keys: int(3, { min: 1 }),
};

export const receipt = {
  cache_on_issue: bool(true),
  cache_time: int(300, { min: 0 }),
  caching: bool(true),
  expiration: int(300, { min: 0, max: 86400 }),
  provider: str('fernet'),
};

export const revoke = {
  cache_time: int(3600, { deprecated: [{ section: 'token', name: 'revocation_cache_time' }] }),
  caching: bool(true),
  driver: str('sql'),
  expiration_buffer: int(1800, { min: 0 }),
};

export const tokenless_auth = {
  issuer_attribute: str('SSL_CLIENT_I_DN'),
  protocol: str('x509'),
  trusted_issuer: multi([]),
};

export const totp = {
  included_previous_windows: int(1, { min: 0, max: 10 }),
};

export const oauth1 = {
  access_token_duration: int(86400, { min: 0 }),
  driver: str('sql'),
  request_token_duration: int(28800, { min: 0 }),
};

export const oauth2 = {
  oauth2_authn_methods: list(['tls_client_auth', 'client_secret_basic']),
  oauth2_cert_dn_mapping_id: str('oauth2_mapping'),
};
