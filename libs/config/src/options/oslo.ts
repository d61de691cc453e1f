import { bool, choice, float, int, list, multi, str } from '../option.ts';

// oslo.middleware and oslo.policy; the headers and methods of [cors] are those Keystone sets (keystone/conf/__init__.py).
export const oslo_middleware = {
  enable_proxy_headers_parsing: bool(false),
  http_basic_auth_user_file: str('/etc/htpasswd'),
  max_request_body_size: int(114688),
};

export const oslo_policy = {
  enforce_new_defaults: bool(true),
  policy_default_rule: str('default'),
  policy_dirs: multi(['policy.d']),
  policy_file: str('policy.yaml'),
  remote_content_type: choice('application/x-www-form-urlencoded', [
    'application/x-www-form-urlencoded',
    'application/json',
  ]),
  remote_ssl_ca_crt_file: str(null),
  remote_ssl_client_crt_file: str(null),
  remote_ssl_client_key_file: str(null),
  remote_ssl_verify_server_crt: bool(false),
  remote_timeout: float(60, { min: 0 }),
};

export const cors = {
  allow_credentials: bool(true),
  allow_headers: list([
    'X-Auth-Token',
    'X-Openstack-Request-Id',
    'X-Subject-Token',
    'X-Project-Id',
    'X-Project-Name',
    'X-Project-Domain-Id',
    'X-Project-Domain-Name',
    'X-Domain-Id',
    'X-Domain-Name',
    'Openstack-Auth-Receipt',
  ]),
  allow_methods: list(['GET', 'PUT', 'POST', 'DELETE', 'PATCH']),
  allowed_origin: list(null),
  expose_headers: list(['X-Auth-Token', 'X-Openstack-Request-Id', 'X-Subject-Token', 'Openstack-Auth-Receipt']),
  max_age: int(3600),
};
