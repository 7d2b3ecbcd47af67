"""What the steps of boto3 share: the client, the buckets, and requests without it."""
import json
import os
import re
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

CONTENT = b'123456789'
MIB = 1048576


def given(name):
    return os.environ.get('CONFORMANCE_' + name, '')


BUCKET = given('BUCKET')
VERSIONED = given('VERSIONED_BUCKET')
REGION = given('REGION')
APPID = given('APPID')
SCRATCH = given('SCRATCH')
KEYS = json.loads(given('KEYS') or '{}')
ENDPOINT = 'http://' + given('ADDRESS')


def client_for(secret_id, secret_key):
    """boto3 with its own defaults, but that no failure is tried again."""
    return boto3.client(
        's3', endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id=secret_id, aws_secret_access_key=secret_key,
        config=Config(retries={'total_max_attempts': 1}))


S3 = client_for(given('SECRET_ID'), given('SECRET_KEY'))


def put(key, body=CONTENT, bucket=BUCKET, **more):
    return S3.put_object(Bucket=bucket, Key=key, Body=body, **more)


def head(key, **more):
    return S3.head_object(Bucket=BUCKET, Key=key, **more)


def body_of(key, bucket=BUCKET, **more):
    return S3.get_object(Bucket=bucket, Key=key, **more)['Body'].read().decode()


def keys_under(prefix):
    listed = S3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [entry['Key'][len(prefix):] for entry in listed.get('Contents', [])]


def failure(call, *args, **kwargs):
    """Status and code of a call that must fail."""
    try:
        call(*args, **kwargs)
    except ClientError as error:
        status = error.response['ResponseMetadata']['HTTPStatusCode']
        return {'status': status, 'code': error.response['Error']['Code']}
    raise AssertionError('succeeded')


def failure_status(call, *args, **kwargs):
    return failure(call, *args, **kwargs)['status']


def raw(url, method='GET', body=None, headers=None):
    """A request without boto3."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return {'status': answer.status, 'body': answer.read().decode(), 'code': ''}
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        code = re.search(r'<Code>(\w+)</Code>', text)
        return {'status': error.code, 'body': text, 'code': code.group(1) if code else ''}


def seen(answer, *names):
    return {name: answer[name] for name in names}


def url_of(key):
    return '%s/%s/%s' % (ENDPOINT, BUCKET, key)
