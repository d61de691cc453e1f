import { bool, choice, int, multi, str, uri } from '../option.ts';

// keystone/conf/default.py, api.py, wsgi.py; the options of oslo.log are those that others refer to or that we read.
export const DEFAULT = {
  admin_token: str(null, { secret: true }),
  debug: bool(false),
  default_publisher_id: str(null),
  insecure_debug: bool(false),
  list_limit: int(null),
  log_config_append: str(null, { deprecated: [{ name: 'log-config' }, { name: 'log_config' }] }),
  log_dir: str(null, { deprecated: [{ name: 'logdir' }] }),
  log_file: str(null, { deprecated: [{ name: 'logfile' }] }),
  max_db_limit: int(1000, { min: 0 }),
  max_param_size: int(64),
  max_project_tree_depth: int(5),
  max_token_size: int(255),
  notification_format: choice('cadf', ['basic', 'cadf']),
  notification_opt_out: multi(['identity.authenticate.success', 'identity.authenticate.pending']),
  public_endpoint: uri(null),
  strict_password_check: bool(false),
  use_json: bool(false),
  use_stderr: bool(false),
};

export const api = {
  response_validation: choice('warn', ['error', 'warn', 'ignore']),
};

export const wsgi = {
  debug_middleware: bool(false),
};
