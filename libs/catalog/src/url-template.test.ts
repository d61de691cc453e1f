import { expect, test } from 'vitest';
import { fillUrl, isUrlTemplate } from './url-template.ts';

const values = new Map([
  ['project_id', 'p1'],
  ['user_id', "o'neil"],
  ['public_endpoint', 'None'],
]);
const filled = (end: string) => fillUrl(`http://x/${end}`, values);

test.each([
  ['plain', 'plain'],
  ['$(project_id)s', 'p1'],
  ['%(project_id)s/$(user_id)s', "p1/o'neil"],
  ['100%%', '100%'],
  ['%%(project_id)s', '%(project_id)s'],
  ['$$(project_id)s', '$p1'],
  ['%(project_id)5s|', '   p1|'],
  ['%(project_id)-5s|', 'p1   |'],
  ['%(project_id).1s', 'p'],
  ['%(project_id).s', ''],
  ['%(project_id)# 0-+s', 'p1'],
  ['%(project_id)ls', 'p1'],
  ['%(project_id)r', "'p1'"],
  ['%(user_id)r', '"o\'neil"'],
  ['$(public_endpoint)s/v2', 'None/v2'],
])('%s becomes %s', (end, url) => {
  expect(isUrlTemplate(`http://x/${end}`)).toBe(true);
  expect(filled(end)).toEqual({ url: `http://x/${url}` });
});

test.each(
  `% %( %(project_id %(project_id) %(project_id)5 %(project_id)t %(project_id)d %(project_id)c %(project_id)*s
   %(project_id)% %5% %d %*s %s%s %(project_id)s%s %(project_id)lls %(project_id)9999999s`.split(/\s+/),
)('%s is malformed', (end) => {
  expect(isUrlTemplate(`http://x/${end}`)).toBe(false);
  expect(filled(end)).toEqual({ malformed: true });
});

test('a name that is not known may not be stored, and one without a value is told', () => {
  for (const name of ['nope', '', 'a(b)', 'admin_token', '__proto__', 'constructor']) {
    expect(isUrlTemplate(`http://x/$(${name})s`)).toBe(false);
    expect(filled(`$(${name})s`)).toEqual({ missing: name });
  }
  expect(isUrlTemplate('http://x/$(compute_host)s')).toBe(true);
  expect(filled('$(compute_host)s')).toEqual({ missing: 'compute_host' });
});

test('all values at once may be stored, as with Python, but make no URL', () => {
  for (const end of ['%s', '%r', '%s/%(project_id)s']) {
    expect(isUrlTemplate(`http://x/${end}`)).toBe(true);
    expect(filled(end)).toEqual({ malformed: true });
  }
});

test('a value is not read as a template again', () => {
  expect(fillUrl('http://x/$(user_id)s', new Map([['user_id', '%(project_id)s']]))).toEqual({
    url: 'http://x/%(project_id)s',
  });
});
