const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member with a link to itself, beside the links that a client may have stored with it. */
export const withLink = <T extends Record<string, unknown>>(ref: T, self: string) => ({
  ...ref,
  links: { ...(isObject(ref['links']) && ref['links']), self },
});
