"""Steps about signatures, ACL, tags, encryption, links, archived objects and SELECT."""
import base64
import hashlib
import re

from context import (BUCKET, BY_PROXY, SDK, Client, body_of, failure, given, head, header, put, raw, status,
                     target_of)


def presigned(key, method='GET'):
    return target_of(BY_PROXY.get_presigned_url(Bucket=BUCKET, Key=key, Method=method, Expired=600))


def raw_failure(path):
    answer = raw(path)
    return {'status': answer['status'], 'code': answer['code']}


def presigned_get(key):
    put(key)
    answer = raw(presigned(key))
    return {'status': answer['status'], 'body': answer['body']}


def presigned_put(key):
    return {'status': raw(presigned(key, 'PUT'), 'PUT', b'by url')['status'], 'body': body_of(key)}


def presigned_other_key(key):
    put(key)
    return raw_failure(presigned(key + '-not').replace(key + '-not', key, 1))


def presigned_tampered(key):
    put(key)
    return raw_failure(re.sub('q-signature=[0-9a-f]{8}', 'q-signature=00000000', presigned(key)))


def unsigned(key):
    put(key)
    return raw_failure('/' + key)


def other_keys(secret_id):
    def step(key):
        other = Client(secret_id, 'anotherSecretKeyOfTheSameLength0')
        return failure(other.sdk.get_object, Bucket=BUCKET, Key=key)
    return step


def acl_default(key):
    put(key)
    SDK.get_object_acl(Bucket=BUCKET, Key=key)
    return {'acl': header('x-cos-acl')}


def acl_public_read(key):
    put(key)
    before = raw('/' + key)['status']
    SDK.put_object_acl(Bucket=BUCKET, Key=key, ACL='public-read')
    return {'before': before, 'after': raw('/' + key)['status']}


def acl_grants(key):
    put(key, ACL='public-read')
    grants = SDK.get_object_acl(Bucket=BUCKET, Key=key)['AccessControlList']['Grant']
    return {'permissions': sorted(grant['Permission'] for grant in grants)}


def set_tags(key, tags):
    entries = [{'Key': name, 'Value': value} for name, value in tags]
    SDK.put_object_tagging(Bucket=BUCKET, Key=key, Tagging={'TagSet': {'Tag': entries}})


def tags_of(key):
    found = SDK.get_object_tagging(Bucket=BUCKET, Key=key).get('TagSet') or {}
    return [[tag['Key'], tag['Value']] for tag in found.get('Tag', [])]


def tagging(key):
    put(key)
    set_tags(key, [('z', '1'), ('a', 'two words')])
    return {'tags': tags_of(key)}


def tagging_header(key):
    put(key, Tagging='a=1&b=2')
    return {'count': head(key).get('x-cos-tagging-count')}


def tagging_too_many(key):
    put(key)
    return failure(set_tags, key, [('k%d' % number, '1') for number in range(11)])


def sse_cos(key):
    put(key, ServerSideEncryption='AES256')
    found = head(key)
    return {'sse': found.get('x-cos-server-side-encryption'), 'etag': found['ETag']}


def customer_key(byte):
    key = byte * 32
    return {'SSECustomerAlgorithm': 'AES256', 'SSECustomerKey': base64.b64encode(key).decode(),
            'SSECustomerKeyMD5': base64.b64encode(hashlib.md5(key).digest()).decode()}


def sse_c(key):
    put(key, **customer_key(b'k'))
    body = body_of(key, **customer_key(b'k'))
    return {'algorithm': header('x-cos-server-side-encryption-customer-algorithm'), 'body': body}


def sse_c_refused(**given_key):
    def step(key):
        put(key, **customer_key(b'k'))
        return failure(body_of, key, **given_key)
    return step


def link(key):
    put(key + '/target 1')
    SDK.put_symlink(Bucket=BUCKET, SymlinkName=key + '/link', SymlinkTarget=key + '/target 1')


def symlink(key):
    link(key)
    return {'target': SDK.get_symlink(Bucket=BUCKET, SymlinkName=key + '/link')['x-cos-symlink-target']}


def symlink_read(key):
    link(key)
    return {'body': body_of(key + '/link')}


def restore(key):
    SDK.restore_object(Bucket=BUCKET, Key=key, RestoreRequest={'Days': 1, 'CASJobParameters': {'Tier': 'Standard'}})


def archive_get(key):
    put(key, StorageClass='ARCHIVE')
    return failure(body_of, key)


def archive_restore(key):
    put(key, StorageClass='ARCHIVE')
    restore(key)
    return {'status': status(), 'restore': head(key).get('x-cos-restore')}


def archive_restore_again(key):
    put(key, StorageClass='ARCHIVE')
    restore(key)
    return failure(restore, key)


def restore_standard(key):
    put(key)
    return failure(restore, key)


def select(key, sql, source, target):
    answer = SDK.select_object_content(Bucket=BUCKET, Key=key, Expression=sql, ExpressionType='SQL',
                                       InputSerialization={'CompressionType': 'NONE', **source},
                                       OutputSerialization=target)
    records = b''.join(event['Records']['Payload'] for event in answer['Payload'] if 'Records' in event)
    return {'records': records.decode()}


CSV = {'CSV': {'FileHeaderInfo': 'USE', 'RecordDelimiter': '\\n', 'FieldDelimiter': ','}}
TO_CSV = {'CSV': {'RecordDelimiter': '\\n'}}


def select_csv(key):
    put(key, b'name,points\na,100\nb,200\nc,300\n')
    return select(key, 'SELECT s.name, s.points FROM COSObject s WHERE s.points > 100', CSV, TO_CSV)


def select_json(key):
    put(key, b'{"name":"a","points":1}\n{"name":"b","points":2}\n')
    sql = 'SELECT s.name FROM COSObject s WHERE s.points = 2'
    return select(key, sql, {'JSON': {'Type': 'LINES'}}, {'JSON': {'RecordDelimiter': '\\n'}})


def select_error(key):
    put(key, b'a\n')
    return failure(select, key, 'SELEKT everything', CSV, TO_CSV)


def tagging_delete(key):
    put(key, Tagging='a=1')
    SDK.delete_object_tagging(Bucket=BUCKET, Key=key)
    return {'tags': tags_of(key)}


STEPS = {
    'presigned-get': presigned_get,
    'presigned-put': presigned_put,
    'presigned-other-key': presigned_other_key,
    'presigned-tampered': presigned_tampered,
    'unsigned': unsigned,
    'wrong-secret': other_keys(given('SECRET_ID')),
    'unknown-id': other_keys('AKIDnobodyHasThisSecretId00000000001'),
    'acl-default': acl_default,
    'acl-public-read': acl_public_read,
    'acl-grants': acl_grants,
    'tagging': tagging,
    'tagging-delete': tagging_delete,
    'tagging-header': tagging_header,
    'tagging-too-many': tagging_too_many,
    'sse-cos': sse_cos,
    'sse-c': sse_c,
    'sse-c-without-key': sse_c_refused(),
    'sse-c-other-key': sse_c_refused(**customer_key(b'o')),
    'symlink': symlink,
    'symlink-read': symlink_read,
    'archive-get': archive_get,
    'archive-restore': archive_restore,
    'archive-restore-again': archive_restore_again,
    'restore-standard': restore_standard,
    'select-csv': select_csv,
    'select-json': select_json,
    'select-error': select_error,
}
