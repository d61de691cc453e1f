"""Python Keystone's own readers and writers, for peer.test.ts.

Reads one JSON object on standard input, {directory, methods, domain, tasks: [[name, argument], ...]}, and answers with
a JSON list: each task's result, or {"error": the name of the exception}. The directory is a key repository and serves
tokens, receipts and credentials alike.
"""

import json
import sys

from cryptography import fernet
from keystone.common import fernet_utils
import keystone.conf
from keystone.credential.providers import fernet as credentials
from keystone.receipt import receipt_formatters
from keystone.token import token_formatters

request = json.load(sys.stdin)

CONF = keystone.conf.CONF
keystone.conf.configure()
CONF([], project='keystone', default_config_files=[], default_config_dirs=[])
for group in ('fernet_tokens', 'fernet_receipts', 'credential'):
    CONF.set_override('key_repository', request['directory'], group)
CONF.set_override('methods', request['methods'], 'auth')
CONF.set_override('default_domain_id', request['domain'], 'identity')

tokens = token_formatters.TokenFormatter()
receipts = receipt_formatters.ReceiptFormatter()


def create_token(argument):
    version = argument.pop('version')
    text = tokens.create_token(
        payload_class=token_formatters._PAYLOAD_CLASSES[version], **argument
    )
    return {'text': text, 'payload': tokens.unpack(text).hex()}


def create_receipt(argument):
    text = receipts.create_receipt(**argument)
    return {'text': text, 'payload': receipts.unpack(text).hex()}


def encrypt_credential(blob):
    encrypted, key_hash = credentials.Provider().encrypt(blob)
    return {'blob': encrypted.decode(), 'keyHash': key_hash}


def decrypt(text):
    keys = fernet_utils.FernetUtils(request['directory'], 3, 'x').load_keys()
    crypto = fernet.MultiFernet([fernet.Fernet(key) for key in keys])
    return {
        'plaintext': crypto.decrypt(text).hex(),
        'timestamp': crypto.extract_timestamp(text),
    }


TASKS = {
    'create_token': create_token,
    'validate_token': tokens.validate_token,
    'create_receipt': create_receipt,
    'validate_receipt': receipts.validate_receipt,
    'encrypt_credential': encrypt_credential,
    'decrypt_credential': credentials.Provider().decrypt,
    'decrypt': decrypt,
}


def run(name, argument):
    try:
        return TASKS[name](argument)
    except Exception as error:
        return {'error': type(error).__name__}


json.dump([run(*task) for task in request['tasks']], sys.stdout)
