"""The form `proxy` of cos-python-sdk-v5: an application that gives the SDK keys and region, and nothing else."""
import json
import logging
import os
import sys

import requests
from qcloud_cos import CosConfig, CosS3Client

logging.disable(logging.CRITICAL)
CONTENT = b'123456789'
FILE = CONTENT * 400_000


def given(name):
    return os.environ['CONFORMANCE_' + name]


BUCKET = given('BUCKET')
REGION = given('REGION')
SDK = CosS3Client(CosConfig(Region=REGION, SecretId=given('SECRET_ID'), SecretKey=given('SECRET_KEY')))


def put(key):
    SDK.put_object(Bucket=BUCKET, Key=key, Body=CONTENT)


def upload_file(case):
    path = os.path.join(given('SCRATCH'), case)
    with open(path, 'wb') as file:
        file.write(FILE)
    SDK.upload_file(Bucket=BUCKET, Key=case + '/file', LocalFilePath=path, PartSize=1)


def keys_under(prefix):
    listed = SDK.list_objects(Bucket=BUCKET, Prefix=prefix)
    return [entry['Key'][len(prefix):] for entry in listed.get('Contents', [])]


def upload(case):
    upload_file(case)
    return {'crc64': SDK.head_object(Bucket=BUCKET, Key=case + '/file')['x-cos-hash-crc64ecma']}


def list_keys(case):
    for name in ('b', 'a'):
        put(case + '/' + name)
    return {'keys': keys_under(case + '/')}


def presign(case):
    put(case + '/file')
    url = SDK.get_presigned_url(Bucket=BUCKET, Key=case + '/file', Method='GET')
    https = url.startswith('https://%s.cos.%s.myqcloud.com/' % (BUCKET, REGION))
    return {'https': https, 'body': requests.get(url, timeout=20).text}


def download(case):
    upload_file(case)
    path = os.path.join(given('SCRATCH'), case + '.back')
    SDK.download_file(Bucket=BUCKET, Key=case + '/file', DestFilePath=path, PartSize=1, EnableCRC=True)
    with open(path, 'rb') as file:
        back = file.read()
    return {'length': len(back), 'same': back == FILE}


def delete(case):
    put(case + '/file')
    before = keys_under(case + '/')
    SDK.delete_object(Bucket=BUCKET, Key=case + '/file')
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
    except Exception as error:  # whatever a client throws is a result
        return {'ok': False, 'error': '%s: %s' % (type(error).__name__, error)}


for case in json.loads(given('CASES')):
    sys.stdout.write(json.dumps({'id': case, **answer(case)}) + '\n')
    sys.stdout.flush()
os._exit(0)
