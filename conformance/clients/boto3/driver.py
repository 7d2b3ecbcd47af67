"""Driver of boto3: prints a JSON line for each case."""
import json
import os
import sys

import features
import objects

STEPS = {**objects.STEPS, **features.STEPS}


def answer(case):
    if case not in STEPS:
        return {'ok': False, 'error': 'the driver does not know this case'}
    try:
        return {'ok': True, 'observed': STEPS[case](case)}
    except Exception as error:  # whatever a client throws is a result
        return {'ok': False, 'error': '%s: %s' % (type(error).__name__, error)}


for case in json.loads(os.environ['CONFORMANCE_CASES']):
    sys.stdout.write(json.dumps({'id': case, **answer(case)}) + '\n')
    sys.stdout.flush()
