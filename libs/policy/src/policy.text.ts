import { parseDocument } from 'yaml';
import type { PolicyOverrides } from './policy.ts';

/** A policy file that cannot be used: the message names the file and what is wrong with it. */
export class PolicyFileError extends Error {
  readonly fileName: string;

  constructor(fileName: string, problem: string) {
    super(`policy file ${fileName}: ${problem}`);
    this.name = 'PolicyFileError';
    this.fileName = fileName;
  }
}

/**
 * Reads a policy file, YAML or JSON: rules by name. A file without content holds no rules; of a name given twice the
 * last counts, as PyYAML has it.
 *
 * @throws PolicyFileError for what is no YAML, no mapping, or a rule that is neither text nor a list. Python lets an
 *   empty value (`null`, `false`) allow everybody; that is refused here.
 */
export const parsePolicyText = (text: string, fileName: string): PolicyOverrides => {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, logLevel: 'error' });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw new PolicyFileError(fileName, problem.message.trim());
  const content = readContent(() => document.toJS() as unknown, fileName);
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new PolicyFileError(fileName, 'is not a mapping of rule names to rules');
  }
  const rules = Object.entries(content).map(([name, rule]: [string, unknown]) => {
    if (typeof rule === 'string' || Array.isArray(rule)) return [name, rule] as const;
    throw new PolicyFileError(fileName, `rule ${JSON.stringify(name)} must be a string or a list of lists`);
  });
  return Object.fromEntries(rules);
};

/** Aliases are followed only here, and one without an anchor fails here. */
const readContent = (read: () => unknown, fileName: string): unknown => {
  try {
    return read();
  } catch (error) {
    throw new PolicyFileError(fileName, error instanceof Error ? error.message : String(error));
  }
};
