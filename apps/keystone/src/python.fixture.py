"""A Python Keystone on the configuration file given: validates a token and issues one for the same user and project."""

import json
import sys

from keystone.common import cache
from keystone.common import provider_api
import keystone.conf
from keystone.server import backends

config, token = sys.argv[1:]
keystone.conf.configure()
keystone.conf.CONF(['--config-file', config], project='keystone')
cache.configure_cache()
backends.load_backends()

tokens = provider_api.ProviderAPIs.token_provider_api
valid = tokens.validate_token(token)
issued = tokens.issue_token(valid.user_id, ['password'], project_id=valid.project_id)
json.dump(
    {
        'user': valid.user['name'],
        'project': valid.project['name'],
        'roles': sorted(role['name'] for role in valid.roles),
        'methods': valid.methods,
        'audit_ids': valid.audit_ids,
        'issued': issued.id,
    },
    sys.stdout,
)
