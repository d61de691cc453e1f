"""Writes options.json: every option Python Keystone registers, as oslo.config knows it.

Run with a Python that has Keystone's newest release:  python export_options.py > options.json
`own` is true for the sections of keystone/conf/; the others belong to the oslo libraries that Keystone loads.
"""

import json
import warnings

warnings.simplefilter('ignore')

from oslo_config import cfg, types

import keystone.conf
from keystone.conf import opts as keystone_opts

keystone.conf.set_external_opts_defaults()

from oslo_cache import _opts as cache_opts
from oslo_db import options as db_opts
from oslo_log import _options as log_opts
from oslo_middleware import basic_auth, cors, http_proxy_to_wsgi, sizelimit
from oslo_policy import opts as policy_opts

KINDS = [
    (types.URI, 'uri'),
    (types.String, 'str'),
    (types.Boolean, 'bool'),
    (types.Integer, 'int'),
    (types.Float, 'float'),
    (types.List, 'list'),
    (types.Dict, 'dict'),
]
LOG_OPTIONS = {'debug', 'log_config_append', 'log_dir', 'log_file', 'use_json', 'use_stderr'}


def kind(option):
    if option.multi:
        return 'multi'
    return next(name for cls, name in KINDS if isinstance(option.type, cls))


def default(option):
    if option.default is None or option.multi:
        return option.default
    return option.type(option.default)


def describe(section, option, own):
    item = getattr(option.type, 'item_type', option.type)
    choices = getattr(item, 'choices', None)
    return {
        'section': section,
        'name': option.dest,
        'own': own,
        'kind': kind(option),
        'default': default(option),
        'min': getattr(option.type, 'min', None),
        'max': getattr(option.type, 'max', None),
        'choices': list(choices) if choices else None,
        'secret': option.secret,
        'deprecated': [
            {'section': d.group or section, 'name': d.name or option.dest}
            for d in option.deprecated_opts
        ],
    }


def everything():
    for section, options in keystone_opts.list_opts():
        for option in options:
            yield describe(section, option, True)
    others = {
        'DEFAULT': [
            o
            for group in (log_opts.common_cli_opts, log_opts.logging_cli_opts, log_opts.generic_log_opts)
            for o in group
            if o.dest in LOG_OPTIONS
        ],
        'cache': dict(cache_opts.list_opts())['cache'],
        'database': db_opts.database_opts,
        'oslo_middleware': sizelimit.OPTS + http_proxy_to_wsgi.OPTS + basic_auth.OPTS,
        'oslo_policy': policy_opts._options,
        'cors': cors.OPTS,
    }
    for section, options in others.items():
        for option in options:
            yield describe(section, option, False)


rows = sorted(everything(), key=lambda r: (r['section'], r['name']))
print('[\n' + ',\n'.join('  ' + json.dumps(row) for row in rows) + '\n]')
