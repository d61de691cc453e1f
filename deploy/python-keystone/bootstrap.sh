#!/bin/sh
# Keys, schema and first user of an empty Keystone; changes nothing of one that has them. What `keystone-manage
# bootstrap` is to do, the OS_BOOTSTRAP_ variables of its environment say.
set -eu
for keys in fernet receipt credential; do
  [ -e "/var/lib/keystone/$keys-keys/0" ] || keystone-manage "${keys}_setup"
done
keystone-manage db_sync
keystone-manage bootstrap
