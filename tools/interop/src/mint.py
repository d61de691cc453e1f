"""Makes Fernet tokens with Python Keystone's own formatter, for kinds that no request of a test can get.

Reads lines of JSON, {"class": name of a payload class, "payload": {...}}, and answers a line with the token each.
The first argument is keystone.conf.
"""

import json
import sys

import keystone.conf
from keystone.token import token_formatters

keystone.conf.configure()
keystone.conf.CONF(args=[], project='keystone', default_config_files=[sys.argv[1]])
formatter = token_formatters.TokenFormatter()
NAMES = (
    'methods system domain_id project_id trust_id federated_group_ids identity_provider_id protocol_id access_token_id '
    'app_cred_id thumbprint'
).split()

for line in sys.stdin:
    asked = json.loads(line)
    payload = asked['payload']
    made = formatter.create_token(
        payload['user_id'],
        payload['expires_at'],
        payload['audit_ids'],
        getattr(token_formatters, asked['class']),
        **{name: payload.get(name) for name in NAMES},
    )
    print(json.dumps(made), flush=True)
