"""Driver of coscmd: runs the command for each case, and prints a JSON line. The server under test is its HTTP proxy."""
import http.client
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

CONTENT = b'123456789'
MIB = 1048576


def given(name):
    return os.environ.get('CONFORMANCE_' + name, '')


ADDRESS = given('ADDRESS')
REGION = given('REGION')
SCRATCH = given('SCRATCH')
COSCMD = os.path.join(os.path.dirname(sys.executable), 'coscmd')


class Tool:
    """coscmd with a configuration for one bucket."""

    def __init__(self, bucket):
        self.host = '%s.cos.%s.myqcloud.com' % (bucket, REGION)
        self.conf = os.path.join(SCRATCH, bucket + '.conf')
        ssl = ['--do-not-use-ssl'] if given('SCHEME') == 'http' else []
        self.run('config', '-a', given('SECRET_ID'), '-s', given('SECRET_KEY'), '-b', bucket,
                 '-e', 'cos.%s.myqcloud.com' % REGION, '-p', '1', '--retry', '1', *ssl)

    def run(self, *args):
        proxy = {'http_proxy': 'http://' + ADDRESS} if ADDRESS else {}
        command = [COSCMD, '-c', self.conf, '-l', self.conf + '.log', *args]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **proxy}, check=False)
        if done.returncode != 0:
            raise RuntimeError((done.stdout + done.stderr).strip()[-200:])
        return done.stdout

    def info(self, key):
        pairs = re.findall(r'^ +(\S+) {2,}(.*?) *$', self.run('info', key), re.M)
        return {name.lower(): value for name, value in pairs}

    def listed(self, prefix, *flags):
        """The lines of a list, split where two blanks stand."""
        lines = [re.split(r' {2,}', line.strip()) for line in self.run('list', *flags, prefix).splitlines() if line.strip()]
        return [[fields[0][len(prefix):], *fields[1:]] for fields in lines if fields[0].startswith(prefix)]


TOOL = Tool(given('BUCKET'))
VERSIONED = Tool(given('VERSIONED_BUCKET'))


def file_of(name, content):
    path = os.path.join(SCRATCH, name)
    with open(path, 'wb') as file:
        file.write(content)
    return path


FILE = file_of('content', CONTENT)


def put(key, headers=None, path=FILE, tool=TOOL):
    tool.run('upload', *(['-H', json.dumps(headers)] if headers else []), path, key)


def read(key):
    path = os.path.join(SCRATCH, key.split('/')[0] + '.download')
    TOOL.run('download', '-f', key, path)
    with open(path, 'rb') as file:
        return file.read()


def raw(target):
    if ADDRESS:
        connection = http.client.HTTPConnection(ADDRESS, timeout=20)
    else:
        connection = http.client.HTTPSConnection(TOOL.host, timeout=20)
    connection.request('GET', target, headers={'Host': TOOL.host})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def meta_of(info):
    prefix = 'x-cos-meta-'
    # The tool adds an MD5 of its own.
    return {name[len(prefix):]: value for name, value in info.items() if name.startswith(prefix) and name != prefix + 'md5'}


def shown(headers, *fields):
    """A case that puts with headers and shows fields of `info`: pairs of the name in the case and the header."""
    def step(key):
        put(key, headers)
        info = TOOL.info(key)
        return {name: info.get(header) for name, header in fields}
    return step


def head_fields(key):
    seen = shown({'Content-Type': 'text/plain'}, ('length', 'content-length'), ('type', 'content-type'), ('etag', 'etag'),
                 ('crc64', 'x-cos-hash-crc64ecma'))(key)
    return {**seen, 'length': int(seen['length'])}


def get_body(key):
    put(key)
    return {'body': read(key).decode(), 'length': int(TOOL.info(key)['content-length'])}


def meta(headers):
    def step(key):
        put(key, headers)
        return {'meta': meta_of(TOOL.info(key))}
    return step


def odd_key(name):
    def step(key):
        put(key + '/' + name)
        return {'body': read(key + '/' + name).decode(), 'listed': [line[0] for line in TOOL.listed(key + '/', '-r')]}
    return step


def list_prefix(key):
    for name in ('é', 'a/b', 'a', 'B'):
        put(key + '/' + name)
    return {'keys': [line[0] for line in TOOL.listed(key + '/', '-r')]}


def list_delimiter(key):
    for name in ('a', 'd/1', 'd/2', 'e/1', 'z'):
        put(key + '/' + name)
    lines = TOOL.listed(key + '/')
    return {'keys': [line[0] for line in lines if line[1] != 'DIR'], 'prefixes': [line[0] for line in lines if line[1] == 'DIR']}


def upload_file(key):
    content = os.urandom(3 * MIB + 9)
    put(key, path=file_of(key, content))
    back = read(key)
    return {'length': len(back), 'same': back == content}


def copy(key, to):
    TOOL.run('copy', '%s/%s' % (TOOL.host, key), to)


def copy_plain(key):
    put(key)
    copy(key, key + '-to')
    return {'etag': TOOL.info(key + '-to')['etag'], 'body': read(key + '-to').decode()}


def copy_odd_key(key):
    put(key + '/中 +%.txt')
    copy(key + '/中 +%.txt', key + '-to')
    return {'body': read(key + '-to').decode()}


def copy_keeps_meta(key):
    put(key, {'x-cos-meta-a': '1'})
    copy(key, key + '-to')
    return {'meta': meta_of(TOOL.info(key + '-to'))}


def presigned_get(key):
    put(key)
    url = urlsplit(re.search(r"https?://[^'\s]+", TOOL.run('signurl', key)).group(0))
    status, body = raw(url.path + '?' + url.query)
    return {'status': status, 'body': body}


def acl_public_read(key):
    put(key)
    before = raw('/' + key)[0]
    TOOL.run('putobjectacl', '--grant-read', 'anyone', key)
    return {'before': before, 'after': raw('/' + key)[0]}


def acl_grants(key):
    put(key)
    TOOL.run('putobjectacl', '--grant-read', 'anyone', key)
    return {'permissions': sorted(re.findall(r': (\w+) +\|', TOOL.run('getobjectacl', key)))}


def versioning_put(key):
    for content in (b'first', b'second'):
        put(key + '/k', path=file_of(key, content), tool=VERSIONED)
    ids = [line[-1] for line in VERSIONED.listed(key + '/', '-v')]
    path = os.path.join(SCRATCH, key + '.newest')
    VERSIONED.run('download', '-f', key + '/k', path)
    with open(path, encoding='utf-8') as file:
        return {'ids': len(ids), 'different': len(set(ids)) == len(ids), 'body': file.read()}


STEPS = {
    'put-etag': shown(None, ('etag', 'etag')),
    'put-crc64': shown(None, ('crc64', 'x-cos-hash-crc64ecma')),
    'put-storage-class': shown({'x-cos-storage-class': 'STANDARD_IA'}, ('storageClass', 'x-cos-storage-class')),
    'get-body': get_body,
    'head-fields': head_fields,
    'headers-kept': shown({'Cache-Control': 'max-age=60', 'Content-Disposition': 'inline; filename="kept.txt"',
                           'Content-Language': 'de', 'Expires': 'Wed, 21 Oct 2037 07:28:00 GMT'},
                          ('cacheControl', 'cache-control'), ('disposition', 'content-disposition'),
                          ('language', 'content-language'), ('expires', 'expires')),
    'meta': meta({'x-cos-meta-One': '1', 'x-cos-meta-two-words': 'a b'}),
    'meta-utf8': meta({'x-cos-meta-name': quote('中文')}),
    'list-prefix': list_prefix,
    'list-delimiter': list_delimiter,
    'upload-file': upload_file,
    'copy': copy_plain,
    'copy-odd-key': copy_odd_key,
    'copy-keeps-meta': copy_keeps_meta,
    'presigned-get': presigned_get,
    'acl-public-read': acl_public_read,
    'acl-grants': acl_grants,
    'sse-cos': shown({'x-cos-server-side-encryption': 'AES256'}, ('sse', 'x-cos-server-side-encryption'), ('etag', 'etag')),
    'versioning-put': versioning_put,
}
STEPS.update({case: odd_key(name) for case, name in json.loads(given('KEYS')).items()})
LEFT_OUT = {
    'key-space': 'lists of the tool do not show blanks at the ends of keys',
    'key-slashes': 'the tool folds slashes',
    'key-symbols': 'the tool takes backslashes for slashes',
}


def answer(case):
    if case in LEFT_OUT:
        return {'ok': False, 'leftOut': LEFT_OUT[case]}
    if case not in STEPS:
        return {'ok': False, 'leftOut': 'the command cannot do it, or does not show what it saw'}
    try:
        return {'ok': True, 'observed': STEPS[case](case)}
    except Exception as error:  # whatever goes wrong is a result
        return {'ok': False, 'error': '%s: %s' % (type(error).__name__, error)}


def main():
    cases = json.loads(given('CASES'))
    # Most of a command's time is its start.
    with ThreadPoolExecutor(4) as pool:
        for case, result in zip(cases, pool.map(answer, cases)):
            sys.stdout.write(json.dumps({'id': case, **result}) + '\n')
            sys.stdout.flush()


main()
