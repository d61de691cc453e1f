"""Python Keystone's own password hashing, for peer.test.ts.

Reads a JSON list of [options of [identity], "hash" or "check", arguments...] on standard input, and answers with the
list of results; {"error": the name of the exception} where there was one.
"""

import json
import sys

from keystone.common import password_hashing
import keystone.conf

CONF = keystone.conf.CONF
keystone.conf.configure()
CONF([], project='keystone', default_config_files=[], default_config_dirs=[])

TASKS = {
    'hash': password_hashing.hash_password,
    'check': password_hashing.check_password,
}


def run(options, name, *arguments):
    CONF.clear_override('strict_password_check')
    for option, value in options.items():
        group = None if option == 'strict_password_check' else 'identity'
        CONF.set_override(option, value, group)
    try:
        return TASKS[name](*arguments)
    except Exception as error:
        return {'error': type(error).__name__}


json.dump([run(*task) for task in json.load(sys.stdin)], sys.stdout)
