"""Writes urls.json: database URLs, and what SQLAlchemy and PyMySQL make of them.

Run with a Python that has both:  python export_urls.py > urls.json
An outcome is null where either refuses the URL; `tls` is null unless the URL asks for it.
"""

import json
import ssl
import warnings

warnings.simplefilter('ignore')

import pymysql.connections
from sqlalchemy.engine import make_url

URLS = [
    'mysql+pymysql://keystone:secret@db.example.org/keystone',
    'mysql+pymysql://keystone:secret@db.example.org:3307/keystone?charset=utf8mb4',
    'mysql://u:p@h/d',
    'mysql+mysqldb://u:p@h/d',
    'mariadb+pymysql://u:p@h/d',
    'mysql+pymysql://u:p%40ss%2Fw%3Ard@h/d',
    'mysql+pymysql://u:p/a:b?c@h/d',
    'mysql+pymysql://u:a+b%2B@h/d',
    'mysql+pymysql://us%20er:p%zz%4@h/d%20b',
    'mysql+pymysql://u:%C3%A4%FF%E2%82@h/d',
    'mysql+pymysql://u:pä€@h/d',
    'mysql+pymysql://u@h/d',
    'mysql+pymysql://u:@h/d',
    'mysql+pymysql://:p@h/d',
    'mysql+pymysql://h/d',
    'mysql+pymysql:///d',
    'mysql+pymysql://u:p@/d?unix_socket=/run/mysqld/mysqld.sock',
    'mysql+pymysql://u:p@[::1]/d',
    'mysql+pymysql://u:p@[2001:db8::5]:3307/d',
    'mysql+pymysql://u:p@h:/d',
    'mysql+pymysql://u:p@h:x/d',
    'mysql+pymysql://u:p@h:1x/d',
    'mysql+pymysql://u:p@h/d?charset=',
    'mysql+pymysql://u:p@h/d?charset=utf8&x=%20+y',
    'mysql+pymysql://u:p@h/d?unix_socket=%2Ftmp%2Fa+b',
    'mysql+pymysql://u:p@h/a/b',
    'mysql+pymysql://u:p@h/d?ssl_ca=/ca.pem',
    'mysql+pymysql://u:p@h/d?ssl_ca=/ca.pem&ssl_cert=/c.pem&ssl_key=/k.pem&ssl_cipher=ECDHE-RSA-AES256-GCM-SHA384',
    'mysql+pymysql://u:p@h/d?ssl_ca=/ca.pem&ssl_check_hostname=false',
    'mysql+pymysql://u:p@h/d?ssl_ca=/ca.pem&ssl_check_hostname=true',
    'mysql+pymysql://u:p@h/d?ssl_capath=/certs',
    'mysql+pymysql://u:p@h/d?ssl_cert=/c.pem&ssl_key=/k.pem',
    'mysql+pymysql://u:p@h/d?ssl_ca=/ca.pem&ssl_disabled=true',
    'mysql+pymysql://u:p@h/d?ssl_check_hostname=false',
    'mysql+pymysql://u:p@h/d?ssl_verify_cert=true',
    'mysql+pymysql://u:p@h/d?ssl_verify_cert=false',
    'sqlite://',
    'sqlite:///',
    'sqlite:///:memory:',
    'sqlite:///keystone.db',
    'sqlite:///a/b%20c.db?timeout=5',
    'sqlite:////var/lib/keystone/keystone.db',
    'sqlite+pysqlite:////var/lib/keystone.db',
    'sqlite://host/keystone.db',
    'sqlite://u:p@/keystone.db',
    'keystone.db',
    'mysql:/u:p@h/d',
    'mysql-pymysql://u:p@h/d',
    '',
    '://h/d',
]


class Context(ssl.SSLContext):
    def load_cert_chain(self, *args, **kwargs):
        pass


def default_context(cafile=None, capath=None):
    context = Context(ssl.PROTOCOL_TLS_CLIENT)
    context.paths = {'ca': cafile, 'caPath': capath}
    return context


pymysql.connections.ssl.create_default_context = default_context


def tls(connection):
    if not connection.ssl or not connection._ssl_required:
        return None
    return {
        **{k: v for k, v in connection.ctx.paths.items() if v},
        'verifyCertificate': connection.ctx.verify_mode == ssl.CERT_REQUIRED,
        'verifyHostname': connection.ctx.check_hostname,
    }


def mysql(url):
    # The driver does not change how the URL is read; PyMySQL is the one at hand.
    dialect = url.set(drivername='mysql+pymysql').get_dialect()()
    _, options = dialect.create_connect_args(url)
    # PyMySQL refuses what is not Latin-1, long after the URL is read.
    options.pop('password', None)
    options.pop('client_flag', None)
    options.pop('x', None)
    connection = pymysql.connections.Connection(defer_connect=True, **options)
    return {
        'kind': 'mysql',
        'host': connection.host,
        'port': connection.port,
        'user': url.username or '',
        'password': url.password or '',
        'database': url.database,
        'socketPath': connection.unix_socket,
        'charset': options.get('charset'),
        'tls': tls(connection),
    }


def outcome(text):
    try:
        url = make_url(text)
        if url.get_backend_name() != 'sqlite':
            return mysql(url)
        url.get_dialect()().create_connect_args(url)
        return {'kind': 'sqlite', 'file': url.database or ':memory:'}
    except Exception:
        return None


rows = [{'url': url, 'outcome': outcome(url)} for url in URLS]
print('[\n' + ',\n'.join('  ' + json.dumps(row) for row in rows) + '\n]')
