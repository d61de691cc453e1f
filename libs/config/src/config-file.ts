import { ConfigError } from './config-error.ts';
import { lines, strip, stripEnd, stripStart } from './whitespace.ts';

/** One value as it stands in a file, before `$` substitution; continuation lines are joined by `\n`. */
export interface FileValue {
  readonly text: string;
  /** Counted from 1: the line the assignment starts on. */
  readonly line: number;
}

export interface ConfigFile {
  readonly name: string;
  /** By section, then by option: every value given, in the file's order. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, readonly FileValue[]>>;
}

interface Assignment {
  readonly key: string;
  readonly line: number;
  readonly parts: string[];
}

interface Reading {
  readonly sections: Map<string, Map<string, FileValue[]>>;
  readonly problems: string[];
  /** `undefined` before the first section; a throw-away map after a section line that could not be read. */
  section: Map<string, FileValue[]> | undefined;
  open: Assignment | undefined;
}

/** Section names are compared in lower case, but DEFAULT is itself only (cfg.py, _normalize_group_name). */
const sectionName = (name: string): string => (name === 'DEFAULT' ? name : name.toLowerCase());

const close = (reading: Reading): void => {
  const { open, section } = reading;
  reading.open = undefined;
  if (!open) return;
  if (!section) {
    reading.problems.push(`${open.line}: an option stands before the first [section]`);
    return;
  }
  const values = section.get(open.key) ?? [];
  values.push({ text: open.parts.join('\n'), line: open.line });
  section.set(open.key, values);
};

const startSection = (reading: Reading, line: string, number: number): void => {
  const problem = !line.endsWith(']')
    ? 'a section must end with ]'
    : line.length <= 2
      ? 'a section has no name'
      : undefined;
  if (problem) {
    reading.problems.push(`${number}: ${problem}`);
    reading.section = new Map();
    return;
  }
  const name = sectionName(line.slice(1, -1));
  reading.section = reading.sections.get(name) ?? new Map<string, FileValue[]>();
  reading.sections.set(name, reading.section);
};

const unquoted = (value: string): string =>
  /^["']/.test(value) && value.startsWith(value.slice(-1)) ? value.slice(1, -1) : value;

const startAssignment = (reading: Reading, line: string, number: number): void => {
  const separator = line.search(/[:=]/);
  const key = strip(line.slice(0, separator));
  if (separator < 0 || key === '') {
    reading.problems.push(`${number}: ${separator < 0 ? "no ':' or '=' in an assignment" : 'an option has no name'}`);
    return;
  }
  reading.open = { key, line: number, parts: [unquoted(strip(line.slice(separator + 1)))] };
};

const readLine = (reading: Reading, raw: string, number: number): void => {
  const line = stripEnd(raw);
  if (/^[ \t]/.test(line)) {
    if (reading.open) reading.open.parts.push(stripStart(line));
    else reading.problems.push(`${number}: a continuation line continues nothing`);
    return;
  }
  close(reading);
  if (line === '' || /^[#;]/.test(line)) return;
  if (line.startsWith('[')) startSection(reading, line, number);
  else startAssignment(reading, line, number);
};

/**
 * Reads one file of oslo.config's format (oslo_config/iniparser.py, and ConfigParser in cfg.py).
 *
 * @param fileName only named in errors.
 * @throws ConfigError with every line that cannot be read, as `file:line: reason`. The line's own text is left out,
 *   since it may hold a secret.
 */
export const parseConfigFile = (text: string, fileName: string): ConfigFile => {
  const reading: Reading = { sections: new Map(), problems: [], section: undefined, open: undefined };
  lines(text).forEach((line, index) => readLine(reading, line, index + 1));
  close(reading);
  if (reading.problems.length > 0) throw new ConfigError(reading.problems.map((problem) => `${fileName}:${problem}`));
  return { name: fileName, sections: reading.sections };
};
