/**
 * A configuration that cannot be used. Each problem names the file (or the environment variable, or the command line),
 * the line, section and option as far as they are known; a secret option's value is never part of it.
 */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const distinct = [...new Set(problems)];
    super(distinct.join('\n'));
    this.name = 'ConfigError';
    this.problems = distinct;
  }
}

/** `Array.map` that goes on after a ConfigError, and throws the problems of all of them at the end. */
export const mapGathering = <T, R>(items: readonly T[], act: (item: T) => R): R[] => {
  const problems: string[] = [];
  const results = items.flatMap((item) => {
    try {
      return [act(item)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return results;
};
