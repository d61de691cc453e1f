import { loadConfig, type Config } from '@keystone/config';

/** Options that differ from their defaults, by section. */
export type Settings = { [Section in keyof Config]?: Partial<Config[Section]> };

/** A configuration of nothing but defaults, and what a test sets on top of them. */
export function testConfig(settings: Settings = {}): { current(): Config; set(settings: Settings): void } {
  const defaults = loadConfig({});
  const sections: Record<string, object> = defaults;
  const overlaid = (over: Settings) => {
    const changed = Object.entries(over).map(([name, options]) => [name, { ...sections[name], ...options }]);
    return { ...defaults, ...Object.fromEntries(changed) } as Config;
  };
  let config = overlaid(settings);
  return { current: () => config, set: (next) => void (config = overlaid(next)) };
}
