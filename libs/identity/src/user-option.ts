import { jsonText } from '@keystone/database';

/** Names of the options of users by the ids in `user_option` (identity/backends/resource_options.py). */
const NAMES: Readonly<Record<string, string>> = {
  '1000': 'ignore_change_password_upon_first_use',
  '1001': 'ignore_password_expiry',
  '1002': 'ignore_lockout_failure_attempts',
  '1003': 'lock_password',
  '1004': 'ignore_user_inactivity',
  MFAR: 'multi_factor_auth_rules',
  MFAE: 'multi_factor_auth_enabled',
};

export type UserOptions = Record<string, unknown>;

export interface StoredOption {
  option_id: string;
  option_value: string | null;
}

/** Options by name; those nobody knows, of another release perhaps, are left out as Python leaves them out. */
export const optionsOf = (stored: readonly StoredOption[]): UserOptions =>
  Object.fromEntries(
    stored.flatMap(({ option_id, option_value }) => {
      const name = NAMES[option_id];
      return name ? [[name, option_value === null ? null : jsonText.from(option_value)]] : [];
    }),
  );
