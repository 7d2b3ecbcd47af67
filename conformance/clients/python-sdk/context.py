"""What the steps of the Python SDK share: the client, the buckets, and requests without the SDK."""
import http.client
import json
import os
import re
from urllib.parse import urlsplit

import requests
from qcloud_cos import CosConfig, CosS3Client, CosServiceError

CONTENT = b'123456789'
MIB = 1048576
PART = b'p' * MIB


def given(name):
    return os.environ.get('CONFORMANCE_' + name, '')


ADDRESS = given('ADDRESS')
BUCKET = given('BUCKET')
VERSIONED = given('VERSIONED_BUCKET')
REGION = given('REGION')
APPID = given('APPID')
KEYS = json.loads(given('KEYS') or '{}')


class Client:
    """The SDK, and the last answer that it got: it shows neither status nor headers of every answer."""

    def __init__(self, secret_id, secret_key, by_proxy=False):
        local = {}
        if ADDRESS and by_proxy:
            local = {'Proxies': {'http': 'http://' + ADDRESS}}
        elif ADDRESS:
            host, port = ADDRESS.split(':')
            local = {'IP': host, 'Port': int(port), 'ServiceDomain': ADDRESS}
        config = CosConfig(Region=REGION, SecretId=secret_id, SecretKey=secret_key, Scheme=given('SCHEME'), **local)
        session = requests.Session()
        session.hooks['response'].append(self._note)
        self.sdk = CosS3Client(config, retry=1, session=session)
        self.last = None

    def _note(self, response, *_args, **_kwargs):
        self.last = response


CLIENT = Client(given('SECRET_ID'), given('SECRET_KEY'))
SDK = CLIENT.sdk
# With an address of its own, the SDK presigns for that address, and heads sources of copies at their names all the same.
BY_PROXY = Client(given('SECRET_ID'), given('SECRET_KEY'), by_proxy=True).sdk


def status():
    return CLIENT.last.status_code


def header(name):
    return CLIENT.last.headers.get(name)


def put(key, body=CONTENT, **more):
    return SDK.put_object(Bucket=BUCKET, Key=key, Body=body, **more)


def head(key, **more):
    return SDK.head_object(Bucket=BUCKET, Key=key, **more)


def whole(answer):
    return b''.join(answer['Body'].get_stream(65536))


def body_of(key, bucket=BUCKET, **more):
    # Without the check of the SDK: it refuses to read some keys.
    return whole(SDK.get_object(Bucket=bucket, Key=key, KeySimplifyCheck=False, **more)).decode()


def length_of(key):
    return int(head(key)['Content-Length'])


def failure(call, *args, **kwargs):
    """Status and code of a call that must fail."""
    try:
        call(*args, **kwargs)
    except CosServiceError as error:
        return {'status': int(error.get_status_code()), 'code': error.get_error_code()}
    raise AssertionError('succeeded with %d' % status())


def status_of(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except CosServiceError as error:
        return int(error.get_status_code())
    return status()


def meta_of(headers):
    prefix = 'x-cos-meta-'
    return {name[len(prefix):]: value for name, value in headers.items() if name.startswith(prefix)}


def keys_under(prefix):
    listed = SDK.list_objects(Bucket=BUCKET, Prefix=prefix)
    return [entry['Key'][len(prefix):] for entry in listed.get('Contents', [])]


def raw(path, method='GET', body=None):
    """A request without the SDK. @param path with its query"""
    host = '%s.cos.%s.myqcloud.com' % (BUCKET, REGION)
    if ADDRESS:
        connection = http.client.HTTPConnection(ADDRESS, timeout=20)
    else:
        connection = http.client.HTTPSConnection(host, timeout=20)
    connection.request(method, path, body=body, headers={'Host': host})
    answer = connection.getresponse()
    text = answer.read().decode()
    code = re.search(r'<Code>(\w+)</Code>', text)
    connection.close()
    return {'status': answer.status, 'body': text, 'code': code.group(1) if code else None}


def target_of(url):
    parts = urlsplit(url)
    return parts.path + ('?' + parts.query if parts.query else '')
