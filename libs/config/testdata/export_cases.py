"""Writes cases.json: files and environments, and what oslo.config makes of them.

Run with a Python that has oslo.config:  python export_cases.py > cases.json
An option's outcome is {"value": ...} or {"error": true}; a file that cannot be parsed is {"unreadable": true}.
"""

import io
import json
import logging
import math
import os
import sys
import tempfile

from oslo_config import cfg, types

logging.disable(logging.CRITICAL)

OPTIONS = [
    {'section': 'DEFAULT', 'name': 'a', 'kind': 'str'},
    {'section': 'DEFAULT', 'name': 'b', 'kind': 'str'},
    {'section': 'DEFAULT', 'name': 'none', 'kind': 'str'},
    {'section': 'DEFAULT', 'name': 'n', 'kind': 'int', 'default': 5},
    {'section': 'DEFAULT', 'name': 'limited', 'kind': 'int', 'min': 1, 'max': 10},
    {'section': 'DEFAULT', 'name': 'free', 'kind': 'int'},
    {'section': 'DEFAULT', 'name': 'f', 'kind': 'float'},
    {'section': 'DEFAULT', 'name': 'sixty', 'kind': 'float', 'default': 60},
    {'section': 'DEFAULT', 'name': 't', 'kind': 'bool', 'default': True},
    {'section': 'DEFAULT', 'name': 'l', 'kind': 'list'},
    {'section': 'DEFAULT', 'name': 'd', 'kind': 'dict'},
    {'section': 'DEFAULT', 'name': 'm', 'kind': 'multi', 'default': ['x']},
    {'section': 'DEFAULT', 'name': 'u', 'kind': 'uri'},
    {'section': 'DEFAULT', 'name': 'c', 'kind': 'str', 'choices': ['basic', 'cadf']},
    {'section': 'DEFAULT', 'name': 'lc', 'kind': 'list', 'choices': ['p', 'q', 'r,s']},
    {'section': 'DEFAULT', 'name': 'dl', 'kind': 'lists'},
    {'section': 'DEFAULT', 'name': 'p', 'kind': 'int', 'min': 0, 'max': 65535},
    {'section': 'g', 'name': 'a', 'kind': 'str'},
    {'section': 'g', 'name': 'b', 'kind': 'str', 'default': 'b of g'},
    {'section': 'g', 'name': 'x', 'kind': 'str', 'deprecated': [{'section': 'old', 'name': 'y'}, {'name': 'was_x'}]},
    {'section': 'g', 'name': 'moved', 'kind': 'int', 'default': 1, 'deprecated': [{'section': 'old'}]},
    {'section': 'g', 'name': 'm', 'kind': 'multi', 'default': [], 'deprecated': [{'name': 'was_m'}]},
]


def types_of(option):
    limits = {k: option[k] for k in ('min', 'max') if k in option}
    string = types.String(choices=option.get('choices'))
    return {
        'str': lambda: string,
        'multi': lambda: string,
        'int': lambda: types.Integer(**limits),
        'float': lambda: types.Float(**limits),
        'bool': types.Boolean,
        'uri': types.URI,
        'list': lambda: types.List(string),
        'dict': types.Dict,
        'lists': lambda: types.Dict(value_type=types.List(bounds=True)),
    }[option['kind']]()


def conf():
    c = cfg.ConfigOpts()
    for o in OPTIONS:
        deprecated = [cfg.DeprecatedOpt(d.get('name'), group=d.get('section')) for d in o.get('deprecated', [])]
        make = cfg.MultiOpt if o['kind'] == 'multi' else cfg.Opt
        args = {'item_type' if o['kind'] == 'multi' else 'type': types_of(o)}
        group = None if o['section'] == 'DEFAULT' else o['section']
        c.register_opt(make(o['name'], default=o.get('default'), deprecated_opts=deprecated, **args), group=group)
    return c


def plain(value):
    if isinstance(value, float) and not math.isfinite(value):
        return {'float': repr(value)}
    return value


def outcome(case):
    c = conf()
    with tempfile.TemporaryDirectory() as folder:
        args = []
        for i, text in enumerate(case['files']):
            path = os.path.join(folder, f'{i}.conf')
            with open(path, 'w', newline='') as f:
                f.write(text)
            args += ['--config-file', path]
        os.environ.update(case['env'])
        try:
            c(args, project='testing', default_config_files=[], default_config_dirs=[])
            result = {}
            for o in OPTIONS:
                try:
                    holder = c if o['section'] == 'DEFAULT' else c[o['section']]
                    result[f'{o["section"]}.{o["name"]}'] = {'value': plain(holder[o['name']])}
                except Exception:
                    result[f'{o["section"]}.{o["name"]}'] = {'error': True}
            return result
        except cfg.ConfigFileParseError:
            return {'unreadable': True}
        finally:
            for name in case['env']:
                del os.environ[name]


def default(*lines):
    return '[DEFAULT]\n' + '\n'.join(lines) + '\n'


def each(option, values):
    return [(f'{option} = {value!r}', [default(f'{option} = {value}')], {}) for value in values]


FORMAT = {
    'equals and colon': default('a=1', 'b : 2'),
    'the first separator counts': default('a = x:y=z', 'b: x=y'),
    'comments': default('# a = 1', '; a = 2', 'b = 3 # kept', 'a = 4;kept'),
    'an indented comment continues a value': default('a = 1', ' # kept', 'b = 2'),
    'continuation lines': default('a = 1', '  two', '\tthree  ', 'b=2'),
    'a continued list': default('l = a,', '  b,', '  c'),
    'a continuation of nothing after the key': default('a =', '  one', '  two'),
    'a blank line ends a value': default('a = 1', '', ' two'),
    'a line of spaces ends a value': default('a = 1', '   ', ' two'),
    'a comment ends a value': default('a = 1', '# no', ' two'),
    'a continuation at the start': ' a = 1\n',
    'double quotes': default('a = "x y "', "b = ' z'"),
    'quotes of two kinds': default('a = "x\'', 'b = \'"x"\''),
    'a single quote': default('a = "', "b = '"),
    'empty quotes': default('a = ""', "b = ''"),
    'quotes inside': default('a = say "x"', 'b = "x" and "y"'),
    'quotes around a number': default('n = "7"', 't = \'false\''),
    'quotes on the first line of several': default('a = "one"', '  "two"'),
    'the last of repeated options': default('a = 1', 'a = 2'),
    'a multi option': default('m = 1', 'm = 2', 'm ='),
    'sections of the same name': '[DEFAULT]\na=1\n[g]\na=2\n[DEFAULT]\nb=3\n[g]\nx=4\n',
    'a section in capitals': '[G]\na=1\n[g]\nx=2\n[G]\nx=3\n',
    'a lower case default': '[default]\na=1\n',
    'an option in capitals': default('A=1'),
    'a space in a section': '[ g ]\na=1\n',
    'a bracket in a section': '[g]]\na=1\n[[g]\na=2\n',
    'an unclosed section': '[g\na=1\n',
    'a comment behind a section': '[g] # c\na=1\n',
    'a space behind a section': '[g]   \na=1\n',
    'an empty section': '[]\na=1\n',
    'no section': 'a=1\n',
    'a key of no section': default('=1'),
    'a colon without a key': default(' b=1', ': 1'),
    'no separator': default('just words'),
    'windows lines': '[DEFAULT]\r\na=1\r\n  two\r\nb=2\r\n',
    'old mac lines': '[DEFAULT]\ra=1\rb=2\r',
    'other separators of lines do not end one': default('a=1\x0b2\u2028\x85x\x0c3', 'b=4'),
    'strange spaces are stripped': default('a=\u00a0x\u3000\x1c\x85', 'b = \ufeffx'),
    'a strange space does not continue': default('a=1', '\u00a0b=2'),
    'a byte order mark': '\ufeff[DEFAULT]\na=1\n',
    'no last newline': '[DEFAULT]\na=1',
    'nothing': '',
    'unknown sections and options': default('zzz=1') + '[zzz]\na=$nope\n',
    'a dash in a name': default('a-b=1', 'log-config=1'),
}

REFERENCES = {
    'plain and braces': default('b = B', 'a = $b ${b}s $bs'),
    'plain and braces in order': default('b = B', 'a = <$b> <${b}>'),
    'escapes': default('n = 7', r'a = $$n \$n $$$n \\$n', 'b = $'),
    'no references': default('a = $ $1 ${ ${} ${1} $-x ${n $$', 'b = 100$'),
    'capitals': default('a = $N', 'b = ${NONE}'),
    'groups': default('a = $g.a ${g.b}') + '[g]\na = A\n',
    'a group without the option': default('a = $g.nope'),
    'a group that does not exist': default('a = $nope.a'),
    'DEFAULT is no group': default('a = $DEFAULT.n'),
    'a group itself': default('a = $g'),
    'a trailing dot': default('a = $n.', 'b = ${n}.'),
    'unknown': default('a = $nope', 'b = ok'),
    'values of each kind': default('l = a,b', 'd = k:v,x:y', 't = no', 'f = 1.5', 'a = $n|$t|$f|$sixty|$l|$d|$m|$none|$free'),
    'empty list and dict': default('l =', 'd =', 'a = $l$d'),
    'quotes in lists': default('l = it\'s,"x",both\'"', 'a = $l'),
    'in a number': default('n = 1$free', 'free = 2'),
    'in a list': default('l = $a,x', 'a = p,q'),
    'in a multi option': default('m = $a', 'm = x', 'a = A'),
    'in a url': default('u = http://$a/v3', 'a = host'),
    'of a reference': default('a = $b', 'b = $none.', 'none = x'),
    'of references in turn': default('a = <$b>', 'b = <$none>', 'none = x'),
    'in turn, escaped once': default('a = $b', 'b = $$n'),
    'own section first': default('a = D', 'b = D') + '[g]\na = G\nx = $a $b\n',
    'then DEFAULT': default('none = D') + '[g]\nx = $none\n',
    'own section of the one referred to': default('a = $g.x', 'b = D') + '[g]\nx = $b\n',
    'itself': default('a = $a', 'b = 1'),
    'each other': default('a = $b', 'b = $a', 'n = 6'),
    'a wrong value': default('a = $n', 'n = x'),
    'an old name of it': default('a = $g.x') + '[g]\nwas_x = 1\n',
    'across lines': default('a = $b', '  ${n}', 'b = 1'),
}

LAYERS = [
    ('a later file wins', [default('a=1', 'b=1'), default('a=2')], {}),
    ('multi options of all files', [default('m=1', 'm=2'), default('m=3')], {}),
    ('old names', ['[old]\ny=1\nmoved=2\n', '[g]\nwas_m=1\n'], {}),
    ('own name before old ones', ['[g]\nx=1\nwas_x=2\n[old]\ny=3\nmoved=4\n'], {}),
    ('old names in their order', ['[g]\nwas_x=2\n[old]\ny=3\n'], {}),
    ('an old name in a later file', ['[g]\nx=1\nmoved=5\n', '[old]\ny=3\nmoved=6\n'], {}),
    ('old names of a multi option', ['[g]\nm=1\nwas_m=2\nm=3\n', '[g]\nwas_m=4\nm=5\n'], {}),
    ('the environment wins', [default('a=1', 'n=2')], {'OS_DEFAULT__A': 'env', 'OS_DEFAULT__N': '9', 'OS_G__X': 'gx'}),
    ('the environment alone', [], {'OS_DEFAULT__L': 'a, b', 'OS_DEFAULT__T': 'no', 'OS_G__MOVED': '4'}),
    ('an empty variable', [default('a=1', 'free=2')], {'OS_DEFAULT__A': '', 'OS_DEFAULT__FREE': ''}),
    ('references in a variable', [default('b=B')], {'OS_DEFAULT__A': '$b $$'}),
    ('old names are no variables', [], {'OS_OLD__Y': '1', 'OS_G__WAS_X': '2'}),
    ('names in lower case are no variables', [], {'os_default__a': '1', 'OS_default__b': '1'}),
    ('a variable keeps spaces and quotes', [], {'OS_DEFAULT__A': ' "x" '}),
    ('a wrong variable', [default('n=1')], {'OS_DEFAULT__N': 'x'}),
    ('a wrong value below a variable', [default('n=x')], {'OS_DEFAULT__N': '1'}),
    ('a wrong value below a later file', [default('n=x'), default('n=1')], {}),
]

VALUES = [
    *each('free', ['1', ' 2 ', '+3', '-4', '007', '1_000', '1__0', '_1', '1.0', '1e3', '0x10', 'x', '']),
    *each('limited', ['0', '1', '10', '11', '-1', '']),
    *each('p', ['0', '65535', '65536', '-1', 'http']),
    *each('f', ['1', '1.5', '.5', '5.', '-1e-3', '1E5', '1_0.5', '1e400', 'inf', '-Infinity', 'nan', 'x', '1,5', '']),
    *each('t', ['true', 'True', 'TRUE', '1', 'on', 'yes', 'false', '0', 'off', 'No', 'y', 'none', '2', '', '"true "']),
    *each('l', ['a', 'a,b', ' a , b ', 'a,,b', ',a', 'a,', 'a,,', ',', '', '"a","b"', 'a b,c']),
    *each('lc', ['p', 'p,q', 'q,r,s', 'r,s,p', 'r', 'x', '', 'p,,q']),
    *each('d', ['a:b', 'a:b,c:d', ' a : b , c : d ', 'a:b:c', 'a:b,c', 'a', 'a:', ':b', '', 'a:1,a:2', 'a:b,', 'a:x,y,b:z', '__proto__:x']),
    *each('dl', ['a:[b]', 'a:[b,c]', 'a:[b,c],d:[e]', 'a:b', 'a:[]', 'a:[b', '', 'a:[b],a:[c]', 'a: [ b , c ] ']),
    *each('c', ['basic', 'cadf', 'Basic', 'other', '']),
    *each(
        'u',
        [
            'http://h', 'https://h:5000/p', 'http://', 'http:/x', 'h:5000', '//h/x', 'http://h:x/', 'http://[::1]:5000',
            'http://a b/', 'http://h/a b', 'http://user@h', 'http://u:p@h', 'http://@h', 'http://1.2.3.400/',
            'http://1.2.3.4', 'http://[::g]', 'HTTP://H', 'ftp+x://h', '1http://h', '', 'http://h/%zz', 'http://h/a?b',
            'http://h/ä', 'http://ex\u00e4mple/', 'http://h:99999', 'http://h:123456', 'http://h#x', 'http://h_1/',
            'http://:5000/', 'http:///p', 'http://h:', 'http://%41', 'http://%4', 'http://[::1', 'http://::1/',
            'http://1.2.3.4.5', 'http://999.1.1.1', 'http://[v1.a]', 'http://[::1]x', 'http://h\\x', 'none',
        ],
    ),
]

cases = (
    [('format: ' + name, [text], {}) for name, text in FORMAT.items()]
    + [('references: ' + name, [text], {}) for name, text in REFERENCES.items()]
    + [('layers: ' + name, files, env) for name, files, env in LAYERS]
    + [('values: ' + name, files, env) for name, files, env in VALUES]
)
rows = [{'name': name, 'files': files, 'env': env} for name, files, env in cases]
stderr, sys.stderr = sys.stderr, io.StringIO()
for row in rows:
    row['outcome'] = outcome(row)
    # Only what is not the default, to keep the file short.
    defaults = outcome({'files': [], 'env': {}})
    row['outcome'] = {k: v for k, v in row['outcome'].items() if v != defaults.get(k)}
sys.stderr = stderr
lines = ',\n'.join('    ' + json.dumps(row) for row in rows)
options = ',\n'.join('    ' + json.dumps(option) for option in OPTIONS)
print('{\n  "options": [\n' + options + '\n  ],\n  "cases": [\n' + lines + '\n  ]\n}')
