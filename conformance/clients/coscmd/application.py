"""The form `proxy` of coscmd: a user who configured keys, bucket and region, and nothing else."""
import json
import os
import re
import subprocess
import sys

import requests

CONTENT = b'123456789'
FILE = CONTENT * 400_000


def given(name):
    return os.environ['CONFORMANCE_' + name]


BUCKET = given('BUCKET')
REGION = given('REGION')
SCRATCH = given('SCRATCH')
COSCMD = os.path.join(os.path.dirname(sys.executable), 'coscmd')
CONF = os.path.join(SCRATCH, 'cos.conf')


def run(*args):
    command = [COSCMD, '-c', CONF, '-l', CONF + '.log', *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError((done.stdout + done.stderr).strip()[-250:])
    return done.stdout


def put(key, content=CONTENT):
    path = os.path.join(SCRATCH, key.replace('/', '-'))
    with open(path, 'wb') as file:
        file.write(content)
    run('upload', path, key)


def keys_under(prefix):
    fields = [re.split(r' {2,}', line.strip()) for line in run('list', '-r', prefix).splitlines()]
    return [key[len(prefix):] for key, *_ in fields if key.startswith(prefix)]


def upload(case):
    put(case + '/file', FILE)
    return {'crc64': re.search(r'x-cos-hash-crc64ecma +(\d+)', run('info', case + '/file')).group(1)}


def list_keys(case):
    for name in ('b', 'a'):
        put(case + '/' + name)
    return {'keys': keys_under(case + '/')}


def presign(case):
    put(case + '/file')
    url = re.search(r"https?://[^'\s]+", run('signurl', case + '/file')).group(0)
    https = url.startswith('https://%s.cos.%s.myqcloud.com/' % (BUCKET, REGION))
    return {'https': https, 'body': requests.get(url, timeout=20).text}


def download(case):
    put(case + '/file', FILE)
    path = os.path.join(SCRATCH, case + '.back')
    run('download', case + '/file', path)
    with open(path, 'rb') as file:
        back = file.read()
    return {'length': len(back), 'same': back == FILE}


def delete(case):
    put(case + '/file')
    before = keys_under(case + '/')
    run('delete', '-f', case + '/file')
    return {'before': before, 'after': keys_under(case + '/')}


STEPS = {
    'proxy-upload': upload,
    'proxy-list': list_keys,
    'proxy-presign': presign,
    'proxy-download': download,
    'proxy-delete': delete,
}


def answer(case):
    try:
        return {'ok': True, 'observed': STEPS[case](case)}
    except Exception as error:  # whatever goes wrong is a result
        return {'ok': False, 'error': '%s: %s' % (type(error).__name__, error)}


run('config', '-a', given('SECRET_ID'), '-s', given('SECRET_KEY'), '-b', BUCKET, '-r', REGION, '-p', '1')
for case in json.loads(given('CASES')):
    sys.stdout.write(json.dumps({'id': case, **answer(case)}) + '\n')
    sys.stdout.flush()
