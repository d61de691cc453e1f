"""Asks oslo.policy itself what it decides, and writes the answers down beside this file.

    python generate.py && prettier --write *.json        with keystone 30.0.0 and oslo.policy 6.0.1 installed

decisions.json   rules of the policy language, sound and broken, each asked with every credential and target
renames.json     default rules with a deprecated rule, and what files with overrides make of them
personas.json    every default rule of Keystone, asked by each persona about its own, another's, a null and no target

An answer is one letter: T allowed, F denied, S wrong scope, E an exception (Keystone would answer 500).
"""

import itertools
import json
import logging
import os
import random
import re
import tempfile
import warnings

from keystone.common import policies
from keystone.common.utils import flatten_dict
from oslo_config import cfg
from oslo_policy import opts
from oslo_policy import policy

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)
HERE = os.path.dirname(os.path.abspath(__file__))


def enforcer(overrides, defaults=(), enforce_new_defaults=True):
    conf = cfg.ConfigOpts()
    conf([])
    opts._register(conf)
    conf.set_override('enforce_new_defaults', enforce_new_defaults, 'oslo_policy')
    conf.set_override('policy_dirs', [], 'oslo_policy')
    handle, path = tempfile.mkstemp(suffix='.json')
    with os.fdopen(handle, 'w') as file:
        json.dump(overrides, file, ensure_ascii=False)
    made = policy.Enforcer(conf, policy_file=path)
    made.suppress_deprecation_warnings = True
    made.register_defaults(list(defaults))
    made.load_rules()
    os.unlink(path)
    made.load_rules = lambda force_reload=False: None
    return made


def ask(made, action, credentials, target):
    try:
        allowed = made.enforce(action, flatten_dict(target), dict(credentials), do_raise=True)
        return 'T' if allowed else 'F'
    except policy.PolicyNotAuthorized:
        return 'F'
    except policy.InvalidScope:
        return 'S'
    except (Exception, RecursionError):
        return 'E'


def write(name, content):
    with open(os.path.join(HERE, name), 'w') as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.write('\n')


def credential(**values):
    ever_present = {
        'user_id': None, 'user_domain_id': None, 'system_scope': None, 'domain_id': None, 'project_id': None,
        'project_domain_id': None, 'roles': [], 'is_admin_project': True, 'service_user_id': None,
        'service_user_domain_id': None, 'service_project_id': None, 'service_project_domain_id': None,
        'service_roles': [], 'token': {},
    }
    return {**ever_present, **values}


CREDENTIALS = {
    'project admin': credential(
        user_id='u1', user_domain_id='d1', project_id='p1', project_domain_id='d1', roles=['Admin', 'member', 'reader'],
        token={
            'project': {'id': 'p1', 'domain': {'id': 'd1', 'name': 'Default'}},
            'user': {'id': 'u1', 'OS-FEDERATION': {'groups': [{'id': 'g1'}, {'id': 'g2'}]}},
            'roles': [{'id': 'r1', 'name': 'admin'}, {'id': 'r2', 'name': 'member'}],
            'audit_ids': ['a1', 'a2'], 'is_domain': False, 'count': 3, 'ratio': 0.00001, 'nested': [['x', None]],
        },
    ),
    'domain reader': credential(
        user_id='u2', user_domain_id='d2', domain_id='d2', roles=['reader'], is_admin_project=False,
        token={'domain': {'id': 'd2'}, 'user': {'id': 'u2'}, 'roles': []},
    ),
    'system': credential(user_id='u3', user_domain_id='d1', system_scope='all', roles=['READER'], token={'system': {'all': True}}),
    'nobody': credential(user_id='None', roles=[]),
}
TARGETS = {
    'empty': {},
    'nested': {
        'user_id': 'u1', 'role_name': 'ADMIN', 'all': 'all',
        'target': {
            'user': {'id': 'u1', 'domain_id': 'd1', 'enabled': True, 'default_project_id': None},
            'role': {'name': 'admin', 'domain_id': None}, 'group': {'id': 'g2'}, 'empty': {},
            'count': 3, 'ratio': 1e-05, 'list': ['x', None], 'texts': ["it's", 'a"b', 'é', '\n'],
            'token': {'user_id': 'u2', 'user': {'domain': {'id': 'd2'}}},
        },
        'request_body': {'user': {'name': 'Ann', 'tags': []}, 'flag': False},
    },
    'flat': {
        'user_id': 'u2', 'target.user.id': 'u2', 'target.user.domain_id': 'd2', 'target.role': {'name': 'reader'},
        'target': {'group.id': 'g1', 'user.enabled': False, 'count': -42},
        'constructor': {'name': 'x'}, 'role_name': 'Reader', 'percent': '100%',
    },
}
CHECKS = r"""
@
!
role:admin
role:ADMIN
role:Reader
role:nobody
role:
role:admin:x
Role:admin
ROLE:admin
role:%(role_name)s
role:%(target.role.name)s
role:%(missing)s
role:%(target.user)s
role:x%(role_name)s
rule:missing
rule:allowed
rule:denied
rule:admins
rule:%(role_name)s
rule:
user_id:%(user_id)s
user_id:%(target.user.id)s
user_id:u1
user_id:u
user_id:
domain_id:None
project_id:None
system_scope:all
system:all
system_scope:%(all)s
domain_id:%(target.user.domain_id)s
user_domain_id:%(target.user.domain_id)s
is_admin_project:True
is_admin_project:1
is_admin:1
is_admin:True
nothing:None
nothing:x
roles:reader
roles:Admin
roles:admin
roles:[]
roles.x:y
token.domain.id:%(target.user.domain_id)s
token.domain.id:d2
token.project.domain.id:%(target.user.domain_id)s
token.project.domain.id:d1
token.project.id:%(user_id)s
token.roles.name:admin
token.roles.id:r2
token.roles.name:%(target.role.name)s
token.roles.missing:x
token.audit_ids:a2
token.audit_ids:a3
token.audit_ids.x:a2
token.is_domain:False
token.count:3
token.count:%(target.count)s
token.ratio:%(target.ratio)s
token.ratio:1e-05
token.nested:['x', None]
token.user.OS-FEDERATION.groups.id:%(target.group.id)s
token.user.OS-FEDERATION.groups.id:g1
token.system.all:True
token.project:x
token.project.id.x:y
token.domain.id.x:y
domain_id.x:y
token..id:x
.token:x
token.:x
token.class:x
'member':%(target.role.name)s
'admin':%(target.role.name)s
"reader":%(target.role.name)s
'admin':admin
"admin":admin"
'a''b':ab
'it\'s':%(target.texts)s
'\x41\n':A
'\u00e9\d':é\d
r'\x41':\x41
u'x':x
b'x':b'x'
f'x':x
'x
None:%(target.user.default_project_id)s
None:%(target.role.domain_id)s
None:%(target.user.id)s
None:%(target.missing)s
None:None
none:None
True:%(target.user.enabled)s
False:%(target.user.enabled)s
True:True
true:True
TRUE:%(target.user.enabled)s
3:%(target.count)s
-42:%(target.count)s
+3:%(target.count)s
0x3:%(target.count)s
1_0:10
1:1
1:01
01:1
00:0
-0:0
1.0:1.0
1.50:1.5
1.:1.0
.5:0.5
1e3:1000.0
1e16:1e+16
1e22:1e+22
123456789.123:123456789.123
0.0001:0.0001
0.00001:1e-05
1e-7:1e-07
1e400:inf
-1e400:-inf
-0.0:-0.0
1__0:10
1_:1
1a:1
0x:0
0o17:15
0b11:3
--1:1
-True:1
1+2:3
~1:-2
[]:%(request_body.user.tags)s
[]:[]
{}:{}
():()
...:Ellipsis
%(user_id)s:u1
@:x
a-b:x
a/b:x
a[0]:x
a[]:x
a?b:x
a=b:x
a,b:x
a<b:x
a;b:x
a~b:x
not a~b:x
not a-~b:x
not a{b:x
not '\u00e':x
not '\x4':x
not '\N{DASH}x':y
not '\U00110000':x
'\U0001F600':😀
'\X41':\X41
'\101\7':A
not '''b':b
$x:y
class:x
class:%(missing)s
lambda:x
match:x
é:x
é.ü:x
x.1:y
None.x:y
True.x:y
token.True:x
constructor:x
__proto__:x
toString:x
user_id:%(constructor.name)s
user_id:%(__proto__)s
user_id:%(toString)s
'x':%(constructor.name)s
'Ann':%(request_body.user.name)s
False:%(request_body.flag)s
'u1':%(target.user.id)s
'u1-d1':%(target.user.id)s-%(target.user.domain_id)s
'u1':%(target.user.id)s%(target.missing)s
'{}':%(target.empty)s
'u2':%(target.token.user_id)s
'd2':%(target.token.user.domain.id)s
'g1':%(target.group.id)s
'100%':%(percent)s
'100%':100%%
'%s':%%s
'%(user_id)s':%%(user_id)s
'x':%
'x':50%
'x':%s
'x':%d
'x':%(user_id)
'x':%(user_id
'x':%(user_id)q
'3':%(target.count)d
'003':%(target.count)03d
'+3':%(target.count)+d
'+3':%(target.count)+i
'3__':%(target.count)-3d
'-42':%(target.count)5d
'-0042':%(target.count)05d
'1':%(target.user.enabled)d
'x':%(user_id)d
'u':%(user_id).1s
'u1':%(user_id).5s
'':%(user_id).0s
'':%(user_id).s
'True':%(target.user.enabled)r
'x':%(target.list)s
'None':%(target.list)r
%(target.list)s:x
user_id:%(a(b)c)s
user_id:%(user_id)s)
user_id:(%(user_id)s
(user_id:%(user_id)s)
((user_id:u1))
(role:admin
role:admin)
()
(
)
( )
(())
not
and
or
not not role:admin
not not not role:admin
NOT role:admin
role:admin AND role:member
role:admin Or role:reader
notrole:admin
not(role:admin)
not (role:admin)
(not role:admin)
role:admin and
and role:admin
role:admin or
or role:admin
role:admin role:member
role:admin and and role:member
role:admin not role:member
role:admin and not role:member
role:admin and not role:nobody
not role:admin and role:reader
not role:admin or role:reader
not (role:admin or role:nobody)
role:admin or role:reader and role:nobody
role:nobody and role:admin or role:reader
role:nobody and (role:admin or role:reader)
(role:admin or role:reader) and role:nobody
role:nobody or role:reader and role:admin and role:member
role:reader or role:nobody and role:nobody or role:nobody
role:nobody or (role:reader and role:admin) and role:nobody
role:reader and role:member or not role:admin and user_id:u2
((role:admin and role:member) or ((role:reader)))
( role:admin or role:reader )
(role:admin)or(role:reader)
(role:admin) or(role:reader)
role:admin	or	role:reader
  role:admin  
   
"role:admin"
'role:admin'
"role:admin" or role:reader
"x" and role:admin
role:admin and "
"
'x
foo
foo or role:admin
not foo
foo and role:admin
role:admin, role:reader
role:admin;
role :admin
role: admin
:admin
:
::
not :
user_id:u1 or token.domain.id.x:y
token.class:x or role:admin
role:admin or token.class:x
role:admin and token.class:x
not token.class:x
not roles.x:y
not user_id:%(missing)s
not nothing:None
not domain_id:None
not None:%(target.user.default_project_id)s
role:manager and not domain_id:None
not rule:missing
not 'x':%d
user_id:u1 and domain_id.x:y
""".split('\n')[1:-1]
LISTS = [
    [], [[]], [[], []], [''], ['role:admin'], ['@'], ['!'], [['@']], [['!'], ['@']], [['role:admin']],
    [['role:admin', 'role:member']], [['role:admin', 'role:nobody']], [['role:admin'], ['role:reader']],
    ['role:nobody', 'role:reader'], [[], ['role:admin']], [['role:admin', '!'], 'user_id:%(user_id)s'],
    ['role:admin or role:reader'], ['role: admin'], ['user_id:%(user_id)s', ["'admin':%(target.role.name)s", '@']],
    ['foo'], [['foo', '@']], [['foo'], ['@']], ['not role:admin'], ['(role:admin)'], [["not nothing:x", "@"]],
    ['a b:x'], [' 1:1'], ["[1, 2]:[1, 2]"], [['']], [[5]], [[None, '@']],
]
SUPPORT = {
    'allowed': '', 'denied': '!', 'admins': 'role:admin or rule:denied', 'Admin': 'role:admin', 'ADMIN': '!',
}
SETS = [
    {'x': 'rule:x'}, {'x': 'not rule:x'}, {'x': 'role:admin or rule:x'}, {'x': 'rule:x or role:admin'},
    {'x': 'rule:y', 'y': 'rule:x'}, {'x': 'rule:y', 'y': '@ or rule:x'}, {'x': 'rule:y', 'y': 'role:admin or rule:x'},
    {'x': 'not rule:y', 'y': 'not rule:x'}, {'x': 'rule:a and rule:b', 'a': 'rule:c', 'b': 'rule:c', 'c': 'role:admin'},
    {'x': 'rule:y', 'default': 'role:reader'}, {'x': 'not rule:y', 'default': 'role:reader'},
    {'x': 'rule:default'}, {'x': 'rule:y', 'default': 'rule:z'}, {'x': 'rule:y', 'y': ''}, {'x': 'rule:y', 'y': []},
    {'x': 'rule:y and rule:z', 'y': 'role:admin', 'z': [['user_id:u1'], ['user_id:u2']]},
]


def random_rules(count):
    pick = random.Random(30)
    atoms = [check for check in CHECKS if check and ' ' not in check and '(' not in check.replace('%(', '')]
    loose = ['role:admin', 'role:reader', 'role:nobody', 'user_id:%(user_id)s', '@', '!', 'rule:admins', 'foo', 'domain_id:None']

    def expression(depth):
        if depth == 0 or pick.random() < 0.3:
            return pick.choice(atoms if pick.random() < 0.2 else loose)
        kind = pick.choice(['and', 'or', 'and', 'or', 'not', '()'])
        if kind == 'not':
            return 'not ' + expression(depth - 1)
        if kind == '()':
            return '(' + expression(depth - 1) + ')'
        return ' '.join([expression(depth - 1), kind, expression(depth - 1)])

    words = ['and', 'or', 'not', '(', ')', 'role:admin', 'role:reader', '@', '!', '(role:reader', 'user_id:u2)', '"x"']
    sound = [expression(4) for _ in range(count)]
    broken = [' '.join(pick.choice(words) for _ in range(pick.randint(2, 7))) for _ in range(count)]
    return sound + broken


def decisions():
    rules = [{'x': rule} for rule in CHECKS + LISTS + random_rules(150)]
    table = []
    for given in SETS + rules:
        made = enforcer({**SUPPORT, **given})
        answers = ''.join(ask(made, 'x', c, t) for c in CREDENTIALS.values() for t in TARGETS.values())
        table.append({'rules': given if len(given) > 1 else given['x'], 'answers': answers})
    write('decisions.json', {'credentials': CREDENTIALS, 'targets': TARGETS, 'support': SUPPORT, 'table': table})


def renames():
    old = {'name': 'old', 'check': 'role:former'}
    defaults = [
        {'name': 'new', 'check': 'role:current', 'deprecated': old},
        {'name': 'kept', 'check': 'role:current', 'deprecated': {'name': 'kept', 'check': 'role:former'}},
        {'name': 'same', 'check': 'role:former', 'deprecated': old},
        {'name': 'plain', 'check': 'rule:old or rule:new', 'deprecated': None},
        {'name': 'scoped', 'check': '@', 'deprecated': None, 'scopes': ['system', 'domain']},
    ]
    files = [
        {}, {'old': 'role:operator'}, {'old': 'role:former'}, {'old': '(role:former)'}, {'old': 'rule:new'}, {'old': ''},
        {'old': 'rule:new or role:operator'}, {'new': 'role:operator'}, {'new': 'role:operator', 'old': 'role:other'},
        {'new': 'rule:old', 'old': 'role:other'}, {'kept': 'role:operator'}, {'kept': 'role:former'}, {'same': 'role:operator'},
        {'plain': '!'}, {'scoped': 'role:operator'}, {'default': 'role:operator'}, {'old': [['role:operator']]},
    ]
    people = [credential(roles=[role]) for role in ['former', 'current', 'operator', 'other']]
    people += [credential(roles=['operator'], domain_id='d'), credential(roles=['operator'], system_scope='all', domain_id='d')]
    made_defaults = [
        policy.RuleDefault(
            d['name'], d['check'], scope_types=d.get('scopes'),
            deprecated_rule=d['deprecated'] and policy.DeprecatedRule(
                d['deprecated']['name'], d['deprecated']['check'], deprecated_reason='r', deprecated_since='s'),
        ) for d in defaults
    ]
    table = []
    for overrides, new in itertools.product(files, [True, False]):
        made = enforcer(overrides, made_defaults, new)
        answers = {d['name']: ''.join(ask(made, d['name'], p, {}) for p in people) for d in defaults}
        table.append({'overrides': overrides, 'enforceNewDefaults': new, 'answers': answers})
    write('renames.json', {'defaults': defaults, 'credentials': people, 'table': table})


ROLES = {
    'admin': ['admin', 'manager', 'member', 'reader'], 'manager': ['manager', 'member', 'reader'],
    'member': ['member', 'reader'], 'reader': ['reader'], 'service': ['service'], 'none': [],
}


def persona(scope, roles):
    token = {'user': {'id': 'me', 'domain': {'id': 'home'}}}
    if scope == 'system':
        return credential(user_id='me', user_domain_id='home', system_scope='all', roles=roles, token={**token, 'system': {'all': True}})
    if scope == 'domain':
        return credential(user_id='me', user_domain_id='home', domain_id='home', is_admin_project=False, roles=roles,
                          token={**token, 'domain': {'id': 'home', 'name': 'Home'}})
    return credential(user_id='me', user_domain_id='home', project_id='work', project_domain_id='home', roles=roles,
                      token={**token, 'project': {'id': 'work', 'domain': {'id': 'home', 'name': 'Home'}}})


def target(names, own):
    def value(name):
        if name.endswith('role.name'):
            return 'member' if own else 'admin'
        whose = ('home', 'away') if re.search(r'domain[._]id$', name) else ('work', 'play') if re.search(r'project[._]id$', name) else ('me', 'you')
        return whose[0] if own else whose[1]
    flat = {name: None if own is None else value(name) for name in names}
    nested = {}
    for name, content in flat.items():
        *path, last = name.split('.')
        node = nested
        for step in path:
            node = node.setdefault(step, {})
        node[last] = content
    return nested


def personas():
    rules = list(policies.list_rules())
    texts = [rule.check_str for rule in rules] + [rule.deprecated_rule.check_str for rule in rules if rule.deprecated_rule]
    names = sorted({name for text in texts for name in re.findall(r'%\(([^)]*)\)s', text)})
    targets = {'own': target(names, True), 'other': target(names, False), 'null': target(names, None), 'empty': {}}
    people = {f'{scope} {role}': persona(scope, roles) for scope in ['system', 'domain', 'project'] for role, roles in ROLES.items()}
    answers = {}
    for new in [True, False]:
        made = enforcer({}, rules, new)
        answers['newDefaults' if new else 'oldDefaults'] = {
            rule.name: ''.join(ask(made, rule.name, p, t) for p in people.values() for t in targets.values()) for rule in rules
        }
    write('personas.json', {'credentials': people, 'targets': targets, **answers})


decisions()
renames()
personas()
