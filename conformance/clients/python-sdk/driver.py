"""Driver of cos-python-sdk-v5: prints a JSON line for each case."""
import json
import logging
import os
import sys

from qcloud_cos import CosServiceError

logging.disable(logging.CRITICAL)

import features  # noqa: E402
import objects  # noqa: E402
import uploads  # noqa: E402

STEPS = {**objects.STEPS, **uploads.STEPS, **features.STEPS}
LEFT_OUT = {
    'list-v2': 'the SDK has no list-type=2',
    'put-forbid-overwrite': 'the SDK has no x-cos-forbid-overwrite',
}


def answer(case):
    if case.startswith(('cors-', 'website-')):
        return {'ok': False, 'leftOut': 'what only a browser sees'}
    if case in LEFT_OUT:
        return {'ok': False, 'leftOut': LEFT_OUT[case]}
    if case not in STEPS:
        return {'ok': False, 'error': 'the driver does not know this case'}
    try:
        return {'ok': True, 'observed': STEPS[case](case)}
    except CosServiceError as error:
        return {'ok': False, 'error': '%s %s' % (error.get_status_code(), error.get_error_code())}
    except Exception as error:  # whatever a client throws is a result
        return {'ok': False, 'error': '%s: %s' % (type(error).__name__, error)}


for case in json.loads(os.environ['CONFORMANCE_CASES']):
    sys.stdout.write(json.dumps({'id': case, **answer(case)}) + '\n')
    sys.stdout.flush()
os._exit(0)
