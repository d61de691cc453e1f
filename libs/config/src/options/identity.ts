import { bool, choice, int, listOf, lists, str } from '../option.ts';

// keystone/conf/identity.py, security_compliance.py and their neighbours.
export const identity = {
  cache_time: int(600),
  caching: bool(true),
  default_domain_id: str('default'),
  domain_config_dir: str('/etc/keystone/domains'),
  domain_configurations_from_database: bool(false),
  domain_specific_drivers_enabled: bool(false),
  driver: str('sql'),
  list_limit: int(null),
  max_password_length: int(4096, { max: 4096 }),
  password_hash_algorithm: choice('bcrypt', ['bcrypt', 'bcrypt_sha256', 'scrypt', 'pbkdf2_sha512']),
  password_hash_rounds: int(null),
  salt_bytesize: int(null, { min: 0, max: 96 }),
  scrypt_block_size: int(null),
  scrypt_parallelism: int(null),
};

export const identity_mapping = {
  backward_compatible_ids: bool(true),
  driver: str('sql'),
  generator: str('sha256'),
};

export const shadow_users = {
  driver: str('sql'),
};

export const security_compliance = {
  allow_insecure_admin_trust_cross_project_credentials_access: bool(false),
  allow_insecure_application_credential_trust_escalation: bool(false),
  change_password_upon_first_use: bool(false),
  disable_user_account_days_inactive: int(null, { min: 1 }),
  invalid_password_hash_function: str('sha256'),
  invalid_password_hash_max_chars: int(null, { min: 1 }),
  invalid_password_hash_secret_key: str(null, { secret: true }),
  lockout_duration: int(1800, { min: 1 }),
  lockout_failure_attempts: int(null, { min: 1 }),
  minimum_password_age: int(0, { min: 0 }),
  password_expires_days: int(null, { min: 1 }),
  password_regex: str(null),
  password_regex_description: str(null),
  report_invalid_password_hash: listOf([], ['event']),
  unique_last_password_count: int(0, { min: 0 }),
};

export const domain_config = {
  additional_sensitive_options: lists(null),
  additional_whitelisted_options: lists(null),
  cache_time: int(300),
  caching: bool(true),
  driver: str('sql'),
};

export const credential = {
  auth_ttl: int(15),
  cache_time: int(null),
  caching: bool(true),
  driver: str('sql'),
  key_repository: str('/etc/keystone/credential-keys/'),
  provider: str('fernet'),
  user_limit: int(-1),
};

export const application_credential = {
  cache_time: int(null),
  caching: bool(true),
  driver: str('sql'),
  user_limit: int(-1),
};
