import type { AccessRule } from './caller.ts';

/** Parts of a path pattern: `{tag}` and `*` stand for one segment, `**` for any number, all else for itself. */
const PARTS = /(\{[^}]*\}|\*(?=$|[^*]))|(\*\*)|([^{}*])/g;

const escaped = (character: string) => character.replace(/[\\^$.|?*+()[\]]/, '\\$&');

/** The pattern of an access rule; characters that are none of its parts are passed over, as keystonemiddleware does. */
export function pathPattern(path: string): RegExp {
  const parts = [...path.matchAll(PARTS)].map(([, segment, any, literal]) => {
    if (segment) return '[^/]+';
    return any ? '.*' : escaped(literal ?? '');
  });
  return new RegExp(`^${parts.join('')}$`);
}

/** The path as WSGI hands it on: decoded, and quoted anew. */
function requoted(path: string): string {
  try {
    return encodeURI(decodeURIComponent(path)).replaceAll('?', '%3F').replaceAll('#', '%23');
  } catch {
    // Its percent-encoding is broken: then it is like no rule.
    return path;
  }
}

/** Does the rule speak of this method and path? */
export const matchesRule = (rule: AccessRule, { method, path }: { method: string; path: string }): boolean =>
  rule.method === method && rule.path !== null && pathPattern(rule.path).test(requoted(path));
