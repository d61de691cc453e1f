"""Keeps values in Python Keystone's own cache regions, and says which it had to compute.

Reads lines of JSON: first the options of [cache] that differ, then {"keep": region} each. Answers a line each: first the
names of all regions, then how often the region's value has been computed.
"""

import gc
import json
import os
import sys

from dogpile.cache.region import CacheRegion
from oslo_context import context

from keystone.common import cache
import keystone.conf
from keystone.server import backends  # noqa: F401, it brings all regions in

CONF = keystone.conf.CONF


def answer(value):
    print(json.dumps(value), flush=True)


def regions():
    found = [each for each in gc.get_objects() if isinstance(each, CacheRegion)]
    return {region.name: region for region in found if region is not cache.CACHE_INVALIDATION_REGION}


def keeper(region):
    computed = 0

    def compute(argument):
        nonlocal computed
        computed += 1
        return computed

    # What tells the functions of a region apart in their keys.
    compute.__name__ = f'compute_{region.name.replace(" ", "_")}'
    return region.cache_on_arguments()(compute)


def main():
    options = json.loads(sys.stdin.readline())
    keystone.conf.configure()
    keystone.conf.set_external_opts_defaults()
    CONF([], project='keystone', default_config_files=[])
    for name, value in options.items():
        CONF.set_override(name, value, 'cache')
    named = regions()
    for region in named.values():
        cache.configure_cache(region=region)
    cache.configure_invalidation_region()
    keepers = {name: keeper(region) for name, region in named.items()}
    answer(sorted(named))
    for line in sys.stdin:
        # As a new request: it has forgotten what the one before it had read.
        context.RequestContext(overwrite=True)
        answer(keepers[json.loads(line)['keep']](os.getpid()))


main()
